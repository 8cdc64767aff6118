import type { Handler } from "./context.ts";

export const typing: Handler<"typing"> = ({ hub }, session, { room }) => {
  session.checkIn(room);
  const { user, socket } = session;
  hub.rooms.signal(room, JSON.stringify({ type: "typing", room, user }), { except: socket });
};

export const read: Handler<"read"> = ({ hub, marks }, session, { room, seq }) => {
  session.checkIn(room);
  if ((session.marks.get(room) ?? "") >= seq) return;
  session.marks.set(room, seq);
  const { user, socket } = session;
  marks.set(room, user.id, seq);
  hub.rooms.signal(room, JSON.stringify({ type: "read", room, user, seq }), { except: socket });
};
