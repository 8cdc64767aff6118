import type { Addresses } from "../chat/addresses.ts";
import type { Hub } from "../chat/hub.ts";
import type { Line } from "../chat/line.ts";
import type { Marks } from "../chat/marks.ts";
import type { Session } from "../chat/session.ts";
import type { Uploads } from "../files/uploads.ts";
import type { Identity } from "../identity/identity.ts";
import type { Message } from "../protocol/answers.ts";
import { ChatError } from "../protocol/errors.ts";
import type { Request, RequestOf } from "../protocol/requests.ts";
import type { Store } from "../storage/store.ts";

/** What the answers to requests need. */
export interface Context {
  readonly store: Store;
  readonly hub: Hub;
  readonly marks: Marks;
  readonly identity: Identity;
  readonly uploads: Uploads;
  /** Where searches wait for each other. */
  readonly searches: Line;
  readonly addresses: Addresses;
  /** Takes the time that storing takes, until what it returns is called. */
  readonly storing: () => () => void;
  readonly limits: {
    /** Octets of a file. */
    readonly file: number;
    /** Rooms of the whole server. */
    readonly rooms: number;
  };
}

/** Answers one kind of request; a ChatError that it throws becomes an `error` of the same id. */
export type Handler<Type extends Request["type"]> = (
  context: Context,
  session: Session,
  request: RequestOf<Type>,
) => void | Promise<void>;

/** Takes a new name, or a new room: they stay. @throws ChatError when that is too many for one address */
export function admitNew({ addresses }: Context, { address }: Session): void {
  const wait = addresses.takeNew(address);
  if (wait > 0) throw new ChatError("rate_limited", "Too many new names and rooms.", wait);
}

/** An id, where there was one. */
export function sameId({ id }: { readonly id?: string | undefined }): { id?: string } {
  return id === undefined ? {} : { id };
}

/** Characters of all texts of an answer: so much is held for a peer that reads slowly. */
const PAGE_TEXT = 65_536;

/** The newest of these messages that one answer has room for, in order: at least one, at most so many. */
export function newestFitting(messages: readonly Message[], limit: number): readonly Message[] {
  let from = messages.length;
  for (let text = 0; from > 0 && messages.length - from < limit; from--) {
    text += messages[from - 1]?.text.length ?? 0;
    if (text > PAGE_TEXT && from < messages.length) break;
  }
  return messages.slice(from);
}
