import type { Handler } from "./context.ts";

export const typing: Handler<"typing"> = ({ hub }, session, { room }) => {
  session.checkIn(room);
  const { user, socket } = session;
  hub.rooms.signal(room, JSON.stringify({ type: "typing", room, user }), { except: socket });
};

export const read: Handler<"read"> = ({ hub }, session, { room, seq }) => {
  session.checkIn(room);
  const { user, socket } = session;
  if ((hub.mark(room, user) ?? "") >= seq) return;
  hub.rooms.signal(room, JSON.stringify({ type: "read", room, user, seq }), { except: socket });
};
