import type { History, HistoryRange, RoomMessage } from "./message.ts";
import type { Membership, Room } from "./room.ts";
import { type RoomSocket, whenDrained } from "./socket.ts";

/** How many messages are read and sent at once. */
const PAGE = 100;

export interface Replay<Socket> {
  readonly room: Room<Socket>;
  readonly membership: Membership<Socket>;
  /** The id after which the messages are wanted. */
  readonly after: string;
  readonly read: (range: HistoryRange) => Promise<History>;
  readonly send: (message: RoomMessage) => void;
}

/**
 * Sends a member what it missed, and lets it take part from there on. Nothing is held back meanwhile: as long as the
 * room is ahead of what was sent, the rest is read as well.
 */
export async function replay<Socket extends RoomSocket>({
  room,
  membership,
  after,
  read,
  send,
}: Replay<Socket>): Promise<{ replayed: number; gap: boolean }> {
  let last = after;
  let replayed = 0;
  let gap = false;
  for (;;) {
    const told = room.cursor;
    const page = await read({ after: last, limit: PAGE });
    gap ||= page.gap;
    for (const message of page.messages) {
      if (membership.gone) return { replayed, gap };
      send(message);
      last = message.id;
      replayed++;
      await whenDrained(membership.socket, () => membership.gone);
    }
    if (membership.gone) return { replayed, gap };
    if (page.messages.length === 0) {
      // What was told before cannot be read any more; or `after` is of an order that was lost, with its newest.
      const newest = told > last ? told : ((await read({ limit: 1 })).messages.at(-1)?.id ?? "");
      if (told > last || (newest !== "" && newest < last)) {
        gap = true;
        last = newest;
      }
    }
    if (!page.more && last >= room.cursor) break;
  }
  membership.seen = last;
  return { replayed, gap };
}
