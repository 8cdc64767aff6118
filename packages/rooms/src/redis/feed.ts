import { setImmediate as nextTurn } from "node:timers/promises";
import { type Entry, entryOf, fromRedisId, newsOf, redisIdAfter } from "./codec.ts";
import type { Context } from "./context.ts";
import { listOf, type Reply, textOf } from "./reply.ts";
import { Roll } from "./roll.ts";
import type { Session } from "./session.ts";

/** How many messages are read at once. */
const PAGE = 100;
/** After so many octets the sockets get a turn to write what they were given. */
const OCTETS_PER_TURN = 256 * 1024;

/**
 * One open room. A message is told as it is heard on the channel of the room when it follows the last one; whenever it
 * does not, and when a session begins, what is missing is read from the stream.
 */
export class Feed<Info> {
  readonly roll: Roll<Info>;
  readonly #room: string;
  readonly #context: Context<Info>;
  #session: Session | null = null;
  #listener: (octets: Buffer) => void = () => {};
  /** The id of the last message that was told. */
  #cursor = "";
  /** Whether messages are told as they are heard: else they are read later. */
  #live = false;
  #reading = false;
  /** Whether a message was heard that was not told. */
  #behind = false;
  #refreshedAt = performance.now();

  constructor(room: string, context: Context<Info>) {
    this.#room = room;
    this.#context = context;
    this.roll = new Roll(room, context);
  }

  /** Begins to tell what comes after the last message so far. @returns its id */
  async open(session: Session): Promise<string> {
    await this.#listen(session);
    const [newest] = await Promise.all([this.#newest(session), this.roll.read(session)]);
    this.#cursor = newest;
    this.#live = true;
    if (this.#behind) await this.#read(session);
    return this.#cursor;
  }

  /** Goes on with another session, and tells what was missed meanwhile. */
  async resume(session: Session): Promise<void> {
    await this.#listen(session);
    const [newest] = await Promise.all([this.#newest(session), this.roll.read(session)]);
    if (this.#session !== session) return;
    if (newest < this.#cursor) {
      // Redis has lost its newest messages, or all of them.
      this.#cursor = newest;
      this.#context.events.lost(this.#room, newest);
    }
    this.#live = true;
    await this.#read(session);
  }

  /** Tells nothing any more. Nobody is present here by now. @param settled called when Redis names nobody either */
  release(settled: () => void): void {
    const session = this.#session;
    this.#session = null;
    if (session !== null && !session.over) session.unsubscribe(this.#channel, this.#listener);
    this.roll.release(settled);
  }

  /** Keeps what is in Redis for as long as the room is open. */
  refresh(): void {
    const { keys, keepFor, events } = this.#context;
    const session = this.#session;
    if (session === null || performance.now() - this.#refreshedAt < keepFor / 4) return;
    this.#refreshedAt = performance.now();
    session.command("PEXPIRE", keys.log(this.#room), `${keepFor}`).catch((error: unknown) => {
      if (!session.over) events.error(error);
    });
    this.roll.refresh();
  }

  get #channel(): string {
    return this.#context.keys.channel(this.#room);
  }

  async #listen(session: Session): Promise<void> {
    this.#session = session;
    this.#live = false;
    this.#reading = false;
    this.#behind = false;
    this.#listener = (octets) => {
      if (this.#session === session) this.#hear(session, octets);
    };
    this.roll.begin(session);
    await session.subscribe(this.#channel, this.#listener);
  }

  #hear(session: Session, octets: Buffer): void {
    try {
      const news = newsOf(octets);
      if (news.kind === "message") this.#message(session, news.entry);
      else if (news.process === this.#context.process) return;
      else if (news.kind === "presence") this.roll.hear(news);
      else this.#context.events.signal({ room: this.#room, id: null, data: news.data });
    } catch (error) {
      this.#context.events.error(error);
    }
  }

  #message(session: Session, entry: Entry): void {
    if (!this.#live || this.#reading) this.#behind = true;
    else if (entry.previous === this.#cursor) this.#tell(entry);
    else if (entry.id > this.#cursor) void this.#read(session);
  }

  #tell({ id, data }: Entry): void {
    this.#cursor = id;
    this.#context.events.message({ room: this.#room, id, data });
  }

  async #newest(session: Session): Promise<string> {
    const key = this.#context.keys.log(this.#room);
    const [entry] = listOf(await session.command("XREVRANGE", key, "+", "-", "COUNT", "1"));
    return entry === undefined ? "" : fromRedisId(textOf(listOf(entry)[0]));
  }

  /** Tells what is in the stream after the last message that was told. Never rejects. */
  async #read(session: Session): Promise<void> {
    this.#reading = true;
    try {
      do {
        this.#behind = false;
        const key = this.#context.keys.log(this.#room);
        const range = [redisIdAfter(this.#cursor), "+", "COUNT", `${PAGE}`];
        const replies = listOf(await session.command("XRANGE", key, ...range));
        if (!(await this.#tellAll(session, replies))) return;
        if (replies.length === PAGE) this.#behind = true;
      } while (this.#behind);
    } catch (error) {
      // The next session begins with reading.
      if (!session.over) session.fail(error);
    } finally {
      if (this.#session === session) this.#reading = false;
    }
  }

  /** @returns whether the session is still the one */
  async #tellAll(session: Session, replies: readonly Reply[]): Promise<boolean> {
    let octets = 0;
    for (const reply of replies) {
      if (this.#session !== session) return false;
      const entry = this.#entry(reply);
      if (entry === null) continue;
      if (entry.previous !== this.#cursor) this.#context.events.lost(this.#room, entry.previous);
      this.#tell(entry);
      octets += entry.data.length;
      if (octets < OCTETS_PER_TURN) continue;
      octets = 0;
      await nextTurn();
    }
    return this.#session === session;
  }

  /** `null` for what somebody else has put into the stream. */
  #entry(reply: Reply): Entry | null {
    try {
      return entryOf(reply);
    } catch (error) {
      this.#context.events.error(error);
      this.#cursor = fromRedisId(textOf(listOf(reply)[0]));
      return null;
    }
  }
}
