import type { AnswerOf, Joined, Member, Message, RoomEvent, User } from "../src/protocol/answers.ts";

const TYPING_MS = 5000;

/** What is known of a room. */
export class RoomView {
  readonly name: string;
  /** The other one of a direct room. */
  readonly with: User | null;
  /** Whether it is ours to see by now. */
  joined = false;
  /** The last event that came: the place to go on from. Null before anything is known. */
  cursor: string | null = null;
  /** Whether there are older messages than those that are here. */
  more = false;
  /** Everything up to there was seen by the person. */
  read = "";
  readonly members = new Map<string, Member>();
  /** Until when who is typing, in milliseconds since 1970. */
  readonly typing = new Map<string, { readonly user: User; readonly until: number }>();
  readonly #messages = new Map<string, Message>();
  #sorted: Message[] | null = null;

  constructor(name: string, other: User | null = null) {
    this.name = name;
    this.with = other;
  }

  /** All messages that are here, in order. */
  get messages(): readonly Message[] {
    this.#sorted ??= [...this.#messages.values()].toSorted((a, b) => (a.seq < b.seq ? -1 : 1));
    return this.#sorted;
  }

  message(seq: string): Message | undefined {
    return this.#messages.get(seq);
  }

  /** How many messages of others the person has not seen. */
  unread(me: string): number {
    let count = 0;
    for (const { seq, from, deleted } of this.#messages.values()) {
      if (seq > this.read && from.id !== me && deleted === undefined) count++;
    }
    return count;
  }

  /** Those who have seen a message. */
  readers({ seq, from }: Message): Member[] {
    return [...this.members.values()].filter(({ id, read }) => id !== from.id && read >= seq);
  }

  welcome({ head, messages, more, reset }: Joined): void {
    const fresh = this.cursor === null || reset === true;
    if (fresh) {
      this.#messages.clear();
      this.more = more;
      this.cursor = head;
      this.add(messages);
    }
    this.joined = true;
  }

  add(messages: readonly Message[]): void {
    for (const message of messages) this.#put(message);
  }

  /** Takes the next event; false when it is known already. */
  apply(event: RoomEvent): boolean {
    if (this.cursor !== null && event.seq <= this.cursor) return false;
    this.cursor = event.seq;
    if (event.type === "message") {
      this.#put(event);
      this.typing.delete(event.from.id);
      return true;
    }
    const target = this.#messages.get(event.of);
    if (target === undefined) return true;
    if (event.type === "edited") this.#put({ ...target, text: event.text, edited: event.at });
    else {
      const { file: _, ...rest } = target;
      this.#put({ ...rest, text: "", deleted: true });
    }
    return true;
  }

  present(members: readonly Member[]): void {
    const known = new Map(this.members);
    this.members.clear();
    for (const member of members) {
      const read = known.get(member.id)?.read ?? "";
      this.members.set(member.id, member.read > read ? member : { ...member, read });
    }
  }

  presence({ user, here }: AnswerOf<"presence">): void {
    if (!here) {
      this.members.delete(user.id);
      this.typing.delete(user.id);
    } else this.members.set(user.id, { ...user, read: this.members.get(user.id)?.read ?? "" });
  }

  marked({ user, seq }: AnswerOf<"read">): void {
    const member = this.members.get(user.id);
    if (member !== undefined && member.read < seq) this.members.set(user.id, { ...member, read: seq });
  }

  typed(user: User, now: number): void {
    this.typing.set(user.id, { user, until: now + TYPING_MS });
  }

  /** Who is typing; those who have stopped are forgotten. */
  typists(now: number): User[] {
    for (const [id, { until }] of this.typing) if (until <= now) this.typing.delete(id);
    return [...this.typing.values()].map(({ user }) => user);
  }

  #put(message: Message): void {
    this.#messages.set(message.seq, message);
    this.#sorted = null;
  }
}
