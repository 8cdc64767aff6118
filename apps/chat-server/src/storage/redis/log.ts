import {
  type Backplane,
  type BackplaneEvents,
  type BackplaneState,
  formatId,
  type History,
  type HistoryRange,
  type Member,
  parseId,
  type RoomData,
} from "@plyws/rooms";
import type { Message } from "../../protocol/answers.ts";
import { type Change, changed, toMessage } from "../change.ts";
import type { Info, Messages } from "../store.ts";
import type { RedisClient } from "./client.ts";

const PAGE = 200;
// What was deleted stays deleted.
const CHANGE = `
if redis.call('HGET', KEYS[1], ARGV[1]) == '"deleted"' then return ARGV[2] == '"deleted"' and 1 or 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`;

/**
 * The order of the rooms is the stream of the backplane, in which nothing is ever changed. What became of a message
 * stands beside it, and is put in its place whenever the stream is read.
 */
export class RedisLog implements Backplane<Info>, Messages {
  readonly #backplane: Backplane<Info>;
  readonly #client: RedisClient;

  constructor(backplane: Backplane<Info>, client: RedisClient) {
    this.#backplane = backplane;
    this.#client = client;
  }

  get state(): BackplaneState {
    return this.#backplane.state;
  }

  start(events: BackplaneEvents<Info>): void {
    this.#backplane.start(events);
  }

  open(room: string): Promise<string> {
    return this.#backplane.open(room);
  }

  release(room: string): void {
    this.#backplane.release(room);
  }

  publish(room: string, data: RoomData, once: string | null): Promise<string> {
    return this.#backplane.publish(room, data, once);
  }

  signal(room: string, data: RoomData): void {
    this.#backplane.signal(room, data);
  }

  enter(room: string, member: Member<Info>): void {
    this.#backplane.enter(room, member);
  }

  exit(room: string, id: string): void {
    this.#backplane.exit(room, id);
  }

  members(room: string): Promise<Member<Info>[]> {
    return this.#backplane.members(room);
  }

  close(): Promise<void> {
    return this.#backplane.close();
  }

  async history(room: string, range: HistoryRange): Promise<History> {
    const history = await this.#backplane.history(room, range);
    const entries = history.messages.map(({ id, data }) => ({ id, data: String(data) }));
    const targets = entries.map(({ id, data }) => targetOf(data) ?? id);
    if (targets.length === 0) return history;
    const changes = await this.#client.ask("HMGET", this.#key(room), ...targets);
    const found = Array.isArray(changes) ? changes : [];
    const messages = entries.map(({ id, data }, index) => {
      const change: unknown = found[index];
      return { room, id, data: typeof change === "string" ? applied(data, change) : data };
    });
    return { ...history, messages };
  }

  async before(room: string, before: string | null, limit: number): Promise<Message[]> {
    const found: Message[] = [];
    for (let more = true, end = before; more && found.length < limit; ) {
      const page: History = await this.history(room, { limit: PAGE, ...(end !== null && { before: end }) });
      for (const { id, data } of page.messages.toReversed()) {
        if (targetOf(String(data)) === null) found.push(toMessage(id, String(data)));
      }
      end = page.messages[0]?.id ?? null;
      more = page.more && end !== null;
    }
    return found.slice(0, limit).toReversed();
  }

  async find(room: string, seq: string): Promise<Message | null> {
    const { messages } = await this.history(room, { after: placeBefore(seq), limit: 1 });
    const [message] = messages;
    if (message?.id !== seq || targetOf(String(message.data)) !== null) return null;
    return toMessage(seq, String(message.data));
  }

  async change(room: string, seq: string, change: Change): Promise<boolean> {
    const reply = await this.#client.ask("EVAL", CHANGE, "1", this.#key(room), seq, JSON.stringify(change));
    return reply === 1;
  }

  /** The hash of what became of messages, by their places. */
  #key(room: string): string {
    return this.#client.key("changes", room);
  }
}

/** The message that an edit or a deletion is about; null for a message. */
function targetOf(data: string): string | null {
  if (data.startsWith('{"type":"message"')) return null;
  const { of }: { of?: string } = JSON.parse(data);
  return of ?? null;
}

function applied(data: string, change: string): string {
  if (targetOf(data) === null) return changed(data, JSON.parse(change));
  // What was said in between is nobody's business after a deletion.
  if (change !== '"deleted"') return data;
  const entry: { type: string } = JSON.parse(data);
  return entry.type === "edited" ? JSON.stringify({ ...entry, text: "" }) : data;
}

function placeBefore(seq: string): string {
  const parts = parseId(seq);
  if (parts === null || (parts.time === 0 && parts.count === 0)) return "";
  const { time, count } = parts;
  return count > 0 ? formatId({ time, count: count - 1 }) : formatId({ time: time - 1, count: 2 ** 32 - 1 });
}
