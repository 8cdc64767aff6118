import { formatId, parseId } from "@plyws/rooms";
import { memberOf } from "../chat/hub.ts";
import type { Session } from "../chat/session.ts";
import type { Member, Message, User } from "../protocol/answers.ts";
import { ChatError } from "../protocol/errors.ts";
import { directRoom, foldName, isDirect } from "../protocol/names.ts";
import { LIMITS } from "../protocol/version.ts";
import { admitNew, type Context, type Handler, newestFitting, sameId } from "./context.ts";

const NEWEST = 50;
/** Of a crowd nobody reads all names. */
const SHOWN = 200;

export const join: Handler<"join"> = async (context, session, request) => {
  const { hub } = context;
  const { room, after, last = NEWEST } = request;
  if (session.rooms.size >= LIMITS.rooms && !session.rooms.has(room)) {
    throw new ChatError("too_many_rooms", `One connection can be in ${LIMITS.rooms} rooms.`);
  }
  const other = await open(context, session, room);
  const about = { type: "joined" as const, ...sameId(request), room, ...(other !== null && { with: other }) };
  const { head, ...newest } =
    after === undefined
      ? await newestOf(context, room, last)
      : { head: after, messages: [], more: after !== "" };
  // To join again is to begin anew.
  session.rooms.delete(room);
  hub.rooms.leave(room, session.socket);
  session.tell({ ...about, head, ...newest });
  const report = await hub.rooms.join(room, session.socket, { member: memberOf(session.user), after: head });
  if (!report.joined) return;
  session.rooms.add(room);
  if (report.gap) session.tell({ ...about, reset: true, ...(await newestOf(context, room, last)) });
  session.tell({ type: "members", room, members: await membersOf(context, room) });
};

/** Who is in a room, and how far they have read. */
async function membersOf({ hub, marks }: Context, room: string): Promise<Member[]> {
  const present = (await hub.rooms.members(room)).slice(0, SHOWN);
  const read = await marks.of(
    room,
    present.map(({ id }) => id),
  );
  return present.map(({ id, info }, index) => ({ id, name: info?.name ?? "", read: read[index] ?? "" }));
}

/** What a room looks like to somebody who comes: its newest messages, and the event from which on they are told all. */
async function newestOf(
  { hub, store }: Context,
  room: string,
  count: number,
): Promise<{ head: string; messages: readonly Message[]; more: boolean }> {
  const head = (await hub.rooms.history(room, { limit: 1 })).messages.at(-1)?.id ?? "";
  // One more than is shown tells whether there are more. Of what has come since then they are told.
  const found = head === "" ? [] : await store.messages.before(room, following(head), count + 1);
  const messages = newestFitting(found, count);
  return { head, messages, more: found.length > messages.length };
}

/** The least place after another. */
function following(seq: string): string {
  const { time, count } = parseId(seq) ?? { time: 0, count: 0 };
  return formatId({ time, count: count + 1 });
}

/** Makes sure that the room exists and is open to this person; returns the other one of a direct room. */
async function open(context: Context, session: Session, room: string): Promise<User | null> {
  const { store, hub, limits } = context;
  if (isDirect(room)) {
    const direct = await store.rooms.directOf(session.user.id, room);
    if (direct === null) throw new ChatError("forbidden", "This room is not open to you.");
    return direct.with;
  }
  if (await store.rooms.has(room)) return null;
  admitNew(context, session);
  const opened = await store.rooms.open(room, limits.rooms);
  if (opened === "full") {
    throw new ChatError("too_many_rooms", `This server has ${limits.rooms} rooms, and takes no more.`);
  }
  if (opened === "new") hub.tellEverybody({ type: "room", room });
  return null;
}

export const leave: Handler<"leave"> = ({ hub }, session, request) => {
  session.checkIn(request.room);
  session.rooms.delete(request.room);
  session.marks.delete(request.room);
  hub.rooms.leave(request.room, session.socket);
  session.tell({ type: "left", ...sameId(request), room: request.room });
};

export const rooms: Handler<"rooms"> = async ({ store }, session, request) => {
  session.tell({ type: "rooms", ...sameId(request), rooms: await store.rooms.list() });
};

/** Opens a room of two; the other one hears of it at once when they are here, and otherwise when they come. */
export const direct: Handler<"direct"> = async ({ store, hub }, session, request) => {
  const { user } = session;
  const found = await store.people.findByName(foldName(request.name));
  if (found === null) throw new ChatError("not_found", "There is nobody of this name.");
  if (found.id === user.id) throw new ChatError("invalid", "That is you.");
  const other = { id: found.id, name: found.name };
  const room = directRoom(user.id, other.id);
  const opened = await store.rooms.openDirect(room, [user, other], LIMITS.directs);
  if (opened === "full") {
    throw new ChatError("too_many_rooms", `You or they have ${LIMITS.directs} rooms of two already.`);
  }
  session.tell({ type: "direct", ...sameId(request), room, with: other });
  if (opened === "new") hub.tellPerson(other.id, { type: "direct", room, with: user });
};
