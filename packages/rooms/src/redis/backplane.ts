import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  type Backplane,
  BackplaneError,
  type BackplaneErrorCode,
  type BackplaneEvents,
  type BackplaneState,
} from "../backplane.ts";
import type { History, HistoryRange, Member, RoomData } from "../message.ts";
import { argumentsOf, fromRedisId, signalNews } from "./codec.ts";
import { Feed } from "./feed.ts";
import { readHistory } from "./history.ts";
import { Keys } from "./keys.ts";
import { deadOf, readMembers } from "./members.ts";
import type { Settings } from "./options.ts";
import { PresenceView } from "./presence.ts";
import { PUBLISH, PUBLISH_SHA1 } from "./publish.ts";
import { type Argument, type Reply, textOf } from "./reply.ts";
import type { Roll } from "./roll.ts";
import { type Redis, Session } from "./session.ts";

const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 2000;
/** The key of a process lives for so many heartbeats. */
const BEATS_OF_LIFE = 3;
/** So many rooms are caught up with at once. */
const RESUMED_AT_ONCE = 50;

/** Rooms of several processes, over one Redis. Made by `redisBackplane`. */
export class RedisBackplane<Info = unknown> implements Backplane<Info> {
  /** The name of this process in Redis. */
  readonly process = randomUUID();
  readonly #redis: Redis;
  readonly #settings: Settings;
  readonly #keys: Keys;
  readonly #feeds = new Map<string, Feed<Info>>();
  /** Rooms that are not open any more, while Redis may still name members who were present here. */
  readonly #leaving = new Set<Roll<Info>>();
  readonly #closing = new AbortController();
  #events: BackplaneEvents<Info> | null = null;
  #session: Session | null = null;
  #state: BackplaneState = "away";
  #asked = 0;

  constructor(redis: Redis, settings: Settings) {
    this.#redis = redis;
    this.#settings = settings;
    this.#keys = new Keys(settings.prefix);
  }

  get state(): BackplaneState {
    return this.#state;
  }

  /** The first connection. @throws whatever the client throws */
  async connect(): Promise<void> {
    await this.#connect();
    if (this.#session === null) throw new Error("The connection has ended");
    this.#state = "ready";
    void this.#keepAlive();
  }

  start(events: BackplaneEvents<Info>): void {
    if (this.#events !== null) throw new TypeError("A backplane serves one Rooms only");
    this.#events = events;
  }

  async open(room: string): Promise<string> {
    const session = this.#reached();
    if (this.#events === null) throw new TypeError("A backplane is started by its Rooms");
    const { process } = this;
    const { keepFor } = this.#settings;
    const feed = new Feed<Info>(room, { process, keys: this.#keys, keepFor, events: this.#events });
    this.#feeds.set(room, feed);
    try {
      return await feed.open(session);
    } catch (error) {
      feed.release(() => {});
      if (this.#feeds.get(room) === feed) this.#feeds.delete(room);
      throw this.#fault("unavailable", session, error);
    }
  }

  release(room: string): void {
    const feed = this.#feeds.get(room);
    if (feed === undefined) return;
    this.#feeds.delete(room);
    this.#leaving.add(feed.roll);
    feed.release(() => this.#leaving.delete(feed.roll));
  }

  async publish(room: string, data: RoomData, once: string | null): Promise<string> {
    const { maxMessages, keepFor, onceFor } = this.#settings;
    const keys = [this.#keys.log(room), ...(once === null ? [] : [this.#keys.once(room, once)])];
    const options = [`${maxMessages}`, `${keepFor}`, `${onceFor}`, this.#keys.channel(room)];
    const script = ["EVALSHA", PUBLISH_SHA1, `${keys.length}`, ...keys, ...options];
    return fromRedisId(textOf(await this.#ask("unknown", ...script, ...argumentsOf(data))));
  }

  signal(room: string, data: RoomData): void {
    if (this.#session === null) return;
    // It may be lost, and nobody waits for it.
    this.#ask("unavailable", "PUBLISH", this.#keys.channel(room), signalNews(this.process, data)).catch(
      () => undefined,
    );
  }

  history(room: string, range: HistoryRange): Promise<History> {
    const ask = (...command: string[]): Promise<Reply> => this.#ask("unavailable", ...command);
    return readHistory(ask, this.#keys.log(room), room, range);
  }

  enter(room: string, member: Member<Info>): void {
    this.#feeds.get(room)?.roll.enter(member);
  }

  exit(room: string, id: string): void {
    this.#feeds.get(room)?.roll.exit(id);
  }

  async members(room: string): Promise<Member<Info>[]> {
    const feed = this.#feeds.get(room);
    if (feed !== undefined) return feed.roll.members;
    const session = this.#reached();
    const view = new PresenceView<Info>(() => {});
    try {
      const members = await readMembers(session, this.#keys, room, "");
      for (const [process, says] of members) view.replace(process, says);
    } catch (error) {
      throw this.#fault("unavailable", session, error);
    }
    return view.members;
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    const session = this.#session;
    this.#session = null;
    this.#feeds.clear();
    this.#closing.abort();
    this.#turn("closed", null);
    if (session === null) return;
    try {
      // The last command: what was said before it is done then.
      const timeout = AbortSignal.timeout(this.#settings.heartbeatInterval);
      const aborted = new Promise((resolve) => timeout.addEventListener("abort", resolve));
      await Promise.race([session.command("DEL", this.#keys.process(this.process)), aborted]);
    } catch {
      // Others will find out by themselves.
    }
    session.destroy();
  }

  #turn(state: BackplaneState, error: Error | null): void {
    this.#state = state;
    this.#events?.state(state, error);
  }

  #reached(): Session {
    if (this.#session !== null) return this.#session;
    const what = this.#state === "closed" ? "The rooms were closed" : "Redis is not reached";
    throw new BackplaneError("unavailable", what);
  }

  /** @param lost the code when the session ends before there is an answer */
  async #ask(lost: BackplaneErrorCode, ...command: readonly Argument[]): Promise<Reply> {
    const session = this.#reached();
    const { maxWaiting } = this.#settings;
    if (this.#asked >= maxWaiting) {
      throw new BackplaneError("busy", `Redis has not answered to ${maxWaiting} commands yet`);
    }
    this.#asked++;
    try {
      return await session.command(...command);
    } catch (error) {
      throw this.#fault(lost, session, error);
    } finally {
      this.#asked--;
    }
  }

  #fault(lost: BackplaneErrorCode, session: Session, cause: unknown): BackplaneError {
    if (cause instanceof BackplaneError) return cause;
    if (this.#redis.isAnswer(cause)) {
      const code = session.over ? "unavailable" : "failed";
      return new BackplaneError(code, `Redis answered: ${cause.message}`, { cause });
    }
    return new BackplaneError(lost, "Redis was lost before it answered", { cause });
  }

  async #connect(): Promise<Session> {
    const { heartbeatInterval } = this.#settings;
    const session = await Session.open(this.#redis, heartbeatInterval, (ended, error) =>
      this.#lost(ended, error),
    );
    try {
      await session.command("SCRIPT", "LOAD", PUBLISH);
      await session.command("SET", this.#keys.process(this.process), "1", "PX", this.#lifetime);
      if (session.over || this.#state === "closed") throw new Error("The connection has ended");
    } catch (error) {
      session.destroy();
      throw error;
    }
    this.#session = session;
    return session;
  }

  get #lifetime(): string {
    return `${BEATS_OF_LIFE * this.#settings.heartbeatInterval}`;
  }

  #lost(session: Session, error: Error): void {
    if (this.#session !== session) return;
    this.#session = null;
    // While it is away already, whoever reconnects notices.
    if (this.#state !== "ready") return;
    this.#turn("away", error);
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let attempt = 0; this.#state === "away"; attempt++) {
      const longest = Math.min(FIRST_DELAY_MS * 2 ** attempt, MAX_DELAY_MS);
      try {
        await delay(longest * (0.5 + Math.random() / 2), undefined, { signal: this.#closing.signal });
        const session = await this.#connect();
        await this.#resume(session);
        if (this.#session === session) this.#turn("ready", null);
      } catch {
        // Redis is still away, or away again.
      }
    }
  }

  /** Catches up with all rooms, some at a time. */
  async #resume(session: Session): Promise<void> {
    for (const roll of this.#leaving) roll.begin(session);
    const feeds = this.#feeds.values();
    const work = async (): Promise<void> => {
      for (const feed of feeds) {
        if (session.over) return;
        await feed.resume(session);
      }
    };
    try {
      await Promise.all(Array.from({ length: RESUMED_AT_ONCE }, work));
    } catch (error) {
      session.fail(error);
      throw error;
    }
  }

  /** Says that this process lives, and buries those that do not. */
  async #keepAlive(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const session = this.#session;
      try {
        if (session !== null && this.#state === "ready") await this.#beat(session);
        await delay(this.#settings.heartbeatInterval, undefined, { signal });
      } catch (error) {
        // That a session is over, or all, is told otherwise.
        if (!signal.aborted && session?.over === false) this.#events?.error(error);
      }
    }
  }

  async #beat(session: Session): Promise<void> {
    await session.check();
    const key = this.#keys.process(this.process);
    const alive = await session.command("SET", key, "1", "XX", "PX", this.#lifetime);
    if (alive === null) {
      // This process was taken for dead, and its members were buried.
      await session.command("SET", key, "1", "PX", this.#lifetime);
      for (const feed of this.#feeds.values()) feed.roll.announce();
    }
    const others = new Set<string>();
    for (const feed of this.#feeds.values()) {
      feed.refresh();
      for (const process of feed.roll.processes) if (process !== this.process) others.add(process);
    }
    for (const process of await deadOf(session, this.#keys, [...others])) {
      for (const feed of this.#feeds.values()) feed.roll.bury(process);
    }
  }
}
