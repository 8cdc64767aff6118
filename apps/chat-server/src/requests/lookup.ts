import { setImmediate as nextTurn } from "node:timers/promises";
import type { Session } from "../chat/session.ts";
import type { Message } from "../protocol/answers.ts";
import type { Store } from "../storage/store.ts";
import { type Handler, newestFitting, sameId } from "./context.ts";

const PAGE = 50;
const FOUND = 20;
/** How many messages one search looks at, and how many characters, so that nobody waits for somebody else's. */
const LOOKED_AT = 5000;
const LOOKED_THROUGH = 1_000_000;
const PER_TURN = 50_000;
const STEP = 500;

export const history: Handler<"history"> = async ({ store }, session, request) => {
  const { room, before, limit = PAGE } = request;
  session.checkIn(room);
  const found = await store.messages.before(room, before, limit + 1);
  const messages = newestFitting(found, limit);
  session.tell({
    type: "history",
    ...sameId(request),
    room,
    messages,
    more: found.length > messages.length,
  });
};

/** One search at a time, and a part of it in each turn of the event loop: everybody else goes on meanwhile. */
export const search: Handler<"search"> = async ({ store, searches }, session, request) => {
  const { room, text } = request;
  session.checkIn(room);
  const found = await searches.run(() => find(store, session, room, text, request.before ?? null));
  session.tell({ type: "found", ...sameId(request), room, ...found });
};

async function find(
  { messages: log }: Store,
  session: Session,
  room: string,
  text: string,
  from: string | null,
): Promise<{ messages: Message[]; before: string | null }> {
  const wanted = fold(text);
  const messages: Message[] = [];
  let before = from;
  let through = 0;
  let turn = 0;
  for (let looked = 0; looked < LOOKED_AT && !session.gone; looked += STEP) {
    const page = await log.before(room, before, STEP);
    before = page.length === STEP ? (page[0]?.seq ?? null) : null;
    for (const message of page.toReversed()) {
      const said = `${message.text}\n${message.file?.name ?? ""}`;
      if (fold(said).includes(wanted)) messages.push(message);
      through += said.length;
      if (messages.length >= FOUND || through >= LOOKED_THROUGH) return { messages, before: message.seq };
      turn += said.length;
      if (turn < PER_TURN) continue;
      turn = 0;
      await nextTurn();
    }
    if (before === null) break;
  }
  return { messages, before };
}

/** Case and width make no difference. */
export function fold(text: string): string {
  // To put a very long row of marks in order takes time that grows with its square: of such a row the beginning counts.
  return text
    .replaceAll(/(\p{M}{16})\p{M}+/gu, "$1")
    .normalize("NFKC")
    .toLowerCase();
}
