import { timeOf } from "../chat/hub.ts";
import type { Session } from "../chat/session.ts";
import type { FileInfo } from "../protocol/answers.ts";
import { ChatError } from "../protocol/errors.ts";
import type { Entry } from "../storage/store.ts";
import type { Context, Handler } from "./context.ts";

export const send: Handler<"send"> = async (context, session, request) => {
  const { id, room, text = "", file, reply } = request;
  session.checkIn(room);
  await publish(context, session, {
    type: "message",
    room,
    id,
    from: session.user,
    text,
    ...(file !== undefined && { file: await ownFile(context, session, room, file) }),
    ...(reply !== undefined && { reply }),
  });
};

export const edit: Handler<"edit"> = async (context, session, { id, room, seq, text }) => {
  await checkOwn(context, session, room, seq);
  // The message is changed before anybody is told. When that is cut short the request comes again.
  await context.store.messages.change(room, seq, { text, edited: Date.now() });
  await publish(context, session, { type: "edited", room, id, from: session.user, of: seq, text });
};

export const remove: Handler<"delete"> = async (context, session, { id, room, seq }) => {
  await checkOwn(context, session, room, seq, true);
  await context.store.messages.change(room, seq, "deleted");
  await publish(context, session, { type: "deleted", room, id, from: session.user, of: seq });
};

/**
 * Only what is stored is acknowledged. The same request again, because its answer was lost, is stored once and gets the
 * same answer, from whichever process.
 */
async function publish({ hub, storing }: Context, session: Session, entry: Entry): Promise<void> {
  const { room, id } = entry;
  const stored = storing();
  const once = `${session.user.id}/${id}`;
  const seq = await hub.rooms.publish(room, JSON.stringify(entry), { once }).finally(stored);
  session.tell({ type: "ack", id, room, seq, at: timeOf(seq) });
}

/** @param again whether it may be deleted already: by the same request, whose answer was lost */
async function checkOwn(
  { store }: Context,
  session: Session,
  room: string,
  seq: string,
  again = false,
): Promise<void> {
  session.checkIn(room);
  const message = await store.messages.find(room, seq);
  if (message === null) throw new ChatError("not_found", "There is no such message.");
  if (message.from.id !== session.user.id) {
    throw new ChatError("not_yours", "Only its author may change a message.");
  }
  if (message.deleted && !again) throw new ChatError("not_found", "The message was deleted.");
}

/** A file may be sent by whoever uploaded it, where they uploaded it to. */
async function ownFile({ store }: Context, { user }: Session, room: string, id: string): Promise<FileInfo> {
  const found = await store.files.find(id);
  if (found === null || found.room !== room || found.user !== user.id) {
    throw new ChatError("not_found", "There is no such file of yours in this room.");
  }
  const { file, name, size, media } = found;
  return { file, name, size, media };
}
