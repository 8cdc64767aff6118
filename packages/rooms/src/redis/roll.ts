import type { Member } from "../message.ts";
import { type PresenceNews, presenceNews } from "./codec.ts";
import type { Context } from "./context.ts";
import { readMembers } from "./members.ts";
import { encodeInfo, fieldOf, isInfo, PresenceView } from "./presence.ts";
import { ReplyError } from "./reply.ts";
import type { Session } from "./session.ts";

/** Who is present in one open room: here, which is said to Redis, and elsewhere, which is heard. */
export class Roll<Info> {
  readonly #room: string;
  readonly #context: Context<Info>;
  readonly #view: PresenceView<Info>;
  /** Who is present here, and what is said of them. */
  readonly #own = new Map<string, string>();
  /** Whom Redis may name as present here. */
  readonly #named = new Set<string>();
  #session: Session | null = null;
  /** What was heard before the whole was read; `null` when it was. */
  #heard: PresenceNews[] | null = [];
  #settled: (() => void) | null = null;

  constructor(room: string, context: Context<Info>) {
    this.#room = room;
    this.#context = context;
    this.#view = new PresenceView((change) => context.events.presence(room, change));
  }

  get members(): Member<Info>[] {
    return this.#view.members;
  }

  /** The processes where somebody is present. */
  get processes(): Iterable<string> {
    return this.#view.processes;
  }

  enter({ id, info }: Member<Info>): void {
    const encoded = encodeInfo(info);
    this.#own.set(id, encoded);
    this.#view.set(this.#context.process, id, encoded);
    this.#announce(id, encoded);
  }

  exit(id: string): void {
    this.#own.delete(id);
    this.#view.set(this.#context.process, id, null);
    this.#announce(id, null);
  }

  /** Says with a new session who is present here, and hears from now on. */
  begin(session: Session): void {
    this.#session = session;
    this.#heard = [];
    this.announce();
  }

  /** Says once more who is present here: it was forgotten, or nobody could be told. */
  announce(): void {
    for (const [id, info] of this.#own) this.#announce(id, info);
    for (const id of this.#named) if (!this.#own.has(id)) this.#announce(id, null);
  }

  /** Reads who is present elsewhere. What is heard from the beginning of the session on is heard. */
  async read(session: Session): Promise<void> {
    const { process, keys } = this.#context;
    const members = await readMembers(session, keys, this.#room, process);
    if (this.#session !== session || this.#heard === null) return;
    for (const other of this.#view.processes) {
      if (other !== process && !members.has(other)) this.#view.replace(other, new Map());
    }
    for (const [other, says] of members) if (other !== process) this.#view.replace(other, says);
    // What was heard meanwhile may be older than what was read: then something newer is about to be heard.
    for (const news of this.#heard) this.#view.set(news.process, news.id, news.info);
    this.#heard = null;
  }

  /** @throws ReplyError when it is nothing that rooms say */
  hear(news: PresenceNews): void {
    if (news.info !== null && !isInfo(news.info)) throw new ReplyError("a member");
    if (this.#heard === null) this.#view.set(news.process, news.id, news.info);
    else this.#heard.push(news);
  }

  /** Another process is dead: what it said of members is void. */
  bury(process: string): void {
    const fields = this.#view.of(process).map((id) => fieldOf(process, id));
    if (fields.length === 0) return;
    this.#view.replace(process, new Map());
    void this.#tell("HDEL", this.#key, ...fields);
  }

  /** Keeps what Redis has for longer. */
  refresh(): void {
    if (this.#own.size > 0) void this.#tell("PEXPIRE", this.#key, `${this.#context.keepFor}`);
  }

  /** Nobody is present here any more. @param settled called when Redis names nobody either */
  release(settled: () => void): void {
    this.#settled = settled;
    this.#settle();
  }

  get #key(): string {
    return this.#context.keys.members(this.#room);
  }

  #announce(id: string, info: string | null): void {
    const { process, keepFor, keys } = this.#context;
    const field = fieldOf(process, id);
    if (info === null) void this.#forget(id, field);
    else {
      if (this.#reached) this.#named.add(id);
      void this.#tell("HSET", this.#key, field, info);
      void this.#tell("PEXPIRE", this.#key, `${keepFor}`);
    }
    void this.#tell("PUBLISH", keys.channel(this.#room), presenceNews(process, id, info));
  }

  async #forget(id: string, field: string): Promise<void> {
    const forgotten = await this.#tell("HDEL", this.#key, field);
    // It may have come again meanwhile.
    if (forgotten && !this.#own.has(id)) this.#named.delete(id);
    this.#settle();
  }

  get #reached(): boolean {
    return this.#session?.over === false;
  }

  #settle(): void {
    if (this.#named.size === 0) this.#settled?.();
  }

  /** What is not done when the session ends is said again to the next. Never rejects. @returns whether it was done */
  async #tell(...command: readonly string[]): Promise<boolean> {
    const session = this.#session;
    if (session === null || session.over) return false;
    try {
      await session.command(...command);
      return true;
    } catch (error) {
      if (!session.over) this.#context.events.error(error);
      return false;
    }
  }
}
