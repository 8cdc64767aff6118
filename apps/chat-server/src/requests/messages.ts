import { createHash } from "node:crypto";
import { timeOf } from "../chat/hub.ts";
import type { Session } from "../chat/session.ts";
import type { FileInfo, User } from "../protocol/answers.ts";
import { ChatError } from "../protocol/errors.ts";
import type { RequestOf } from "../protocol/requests.ts";
import type { Change } from "../storage/change.ts";
import type { Entry } from "../storage/store.ts";
import type { Context, Handler } from "./context.ts";

type ChangeEntry = Exclude<Entry, { type: "message" }>;

export const send: Handler<"send"> = async (context, session, request) => {
  const { id, room, text = "", file, reply } = request;
  session.checkIn(room);
  await publish(context, session, {
    type: "message",
    room,
    id,
    from: session.user,
    text,
    ...(file !== undefined && { file: await ownFile(context, session, request, file) }),
    ...(reply !== undefined && { reply }),
  });
};

export const edit: Handler<"edit"> = (context, session, { id, room, seq, text }) =>
  change(context, session, seq, { text, edited: Date.now() }, (from) => ({
    type: "edited",
    room,
    id,
    from,
    of: seq,
    text,
  }));

export const remove: Handler<"delete"> = (context, session, { id, room, seq }) =>
  change(context, session, seq, "deleted", (from) => ({ type: "deleted", room, id, from, of: seq }));

/** The message is changed before anybody is told. When that is cut short the request comes again. */
async function change(
  context: Context,
  session: Session,
  seq: string,
  what: Change,
  tell: (from: User) => ChangeEntry,
): Promise<void> {
  const { messages } = context.store;
  const entry = tell(session.user);
  session.checkIn(entry.room);
  const message = await messages.find(entry.room, seq);
  if (message === null) throw new ChatError("not_found", "There is no such message.");
  if (message.from.id !== session.user.id) {
    throw new ChatError("not_yours", "Only its author may change a message.");
  }
  if (what === "deleted" && message.file !== undefined) await context.store.files.remove(message.file.file);
  const done = await messages.change(entry.room, seq, what);
  if (!done) throw new ChatError("not_found", "The message was deleted.");
  await publish(context, session, entry);
}

/**
 * Only what is stored is acknowledged. The same request again, because its answer was lost, is stored once and gets the
 * same answer, from whichever process.
 */
async function publish({ hub, storing }: Context, session: Session, entry: Entry): Promise<void> {
  const { room, id, type } = entry;
  const stored = storing();
  // A change of something else, or to something else, is not the same request, whatever its id.
  const same = type === "message" ? id : `${id}/${digest(entry)}`;
  const once = `${session.user.id}/${same}`;
  const seq = await hub.rooms.publish(room, JSON.stringify(entry), { once }).finally(stored);
  session.tell({ type: "ack", id, room, seq, at: timeOf(seq) });
}

function digest(entry: ChangeEntry): string {
  const what = [entry.type, entry.of, entry.type === "edited" ? entry.text : ""];
  return createHash("sha256").update(JSON.stringify(what)).digest("base64url");
}

/** A file may be sent by whoever uploaded it, where they uploaded it to, once. */
async function ownFile(
  { store }: Context,
  { user }: Session,
  { room, id }: RequestOf<"send">,
  file: string,
): Promise<FileInfo> {
  const found = await store.files.find(file);
  const own = found !== null && found.room === room && found.user === user.id;
  if (!own || !(await store.files.attach(file, `${user.id}/${id}`))) {
    throw new ChatError("not_found", "There is no such file of yours in this room that was not sent yet.");
  }
  const { name, size, media } = found;
  return { file, name, size, media };
}
