import { type History, type HistoryRange, limitOf } from "../message.ts";
import { type Entry, entryOf, redisIdAfter, redisIdBefore } from "./codec.ts";
import { listOf, type Reply } from "./reply.ts";

type Ask = (...command: string[]) => Promise<Reply>;

/**
 * Reads messages from the stream of a room.
 *
 * @throws RangeError when the range is not good
 */
export async function readHistory(
  ask: Ask,
  key: string,
  room: string,
  range: HistoryRange,
): Promise<History> {
  const { after, before } = range;
  const limit = limitOf(range);
  const start = redisIdAfter(after ?? "");
  const end = before === undefined ? "+" : redisIdBefore(before || "0".repeat(20));
  const count = ["COUNT", `${limit + 1}`];
  const read =
    end === null
      ? []
      : after === undefined
        ? await entries(ask, "XREVRANGE", key, end, start, ...count)
        : await entries(ask, "XRANGE", key, start, end, ...count);
  const chosen = read.slice(0, limit);
  if (after === undefined) chosen.reverse();
  const messages = chosen.map(({ id, data }) => ({ room, id, data }));
  const gap = after !== undefined && after !== "" && (await isGap(ask, key, after, read[0]));
  return { messages, more: read.length > limit, gap };
}

/** Whether messages between an id and the first entry after it are gone. */
async function isGap(ask: Ask, key: string, after: string, first: Entry | undefined): Promise<boolean> {
  if (first !== undefined) return first.previous > after;
  const [newest] = await entries(ask, "XREVRANGE", key, "+", "-", "COUNT", "1");
  // The id is of a message that was there: where nothing is now, or nothing as new, something was lost.
  return newest === undefined || newest.id < after;
}

async function entries(ask: Ask, ...command: string[]): Promise<Entry[]> {
  return listOf(await ask(...command)).flatMap((reply) => {
    try {
      return [entryOf(reply)];
    } catch {
      // Somebody else's.
      return [];
    }
  });
}
