import type { Message } from "../protocol/answers.ts";
import { type Handler, sameId } from "./context.ts";

const PAGE = 50;
const FOUND = 20;
/** How many messages one search looks at, so that nobody waits for somebody else's. */
const LOOKED_AT = 5000;
const STEP = 500;

export const history: Handler<"history"> = async ({ store }, session, request) => {
  const { room, before, limit = PAGE } = request;
  session.checkIn(room);
  const found = await store.messages.before(room, before, limit + 1);
  const messages = found.slice(-limit);
  session.tell({
    type: "history",
    ...sameId(request),
    room,
    messages,
    more: found.length > messages.length,
  });
};

export const search: Handler<"search"> = async ({ store }, session, request) => {
  const wanted = fold(request.text);
  session.checkIn(request.room);
  let before: string | null = request.before ?? null;
  const messages: Message[] = [];
  for (let looked = 0; looked < LOOKED_AT; looked += STEP) {
    const page: Message[] = await store.messages.before(request.room, before, STEP);
    before = page.length === STEP ? (page[0]?.seq ?? null) : null;
    for (const message of page.toReversed()) {
      const { text, file, seq } = message;
      if (!fold(`${text}\n${file?.name ?? ""}`).includes(wanted)) continue;
      messages.push(message);
      if (messages.length < FOUND) continue;
      session.tell({ type: "found", ...sameId(request), room: request.room, messages, before: seq });
      return;
    }
    if (before === null) break;
  }
  session.tell({ type: "found", ...sameId(request), room: request.room, messages, before });
};

/** Case and width make no difference. */
function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
