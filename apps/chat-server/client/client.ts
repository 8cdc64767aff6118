import type { Answer, AnswerOf, FileInfo, User, Welcome } from "../src/protocol/answers.ts";
import { decodeChunk } from "../src/protocol/chunk.ts";
import type { Request, RequestOf } from "../src/protocol/requests.ts";
import { Downloads } from "./downloads.ts";
import { Link, type LinkOptions, type LinkState } from "./link.ts";
import { type Memory, Outbox } from "./outbox.ts";
import { RoomView } from "./room.ts";
import { type Upload, Uploads } from "./uploads.ts";

/** The id of every join: its error names the room. */
const JOIN = "join";

/** What the client tells whoever shows it. */
export interface ClientEvents {
  /** The connection, or what the server says of itself. */
  state?(): void;
  welcome?(welcome: Welcome): void;
  /** Something in a room has changed. */
  room?(room: RoomView, answer: Answer | null): void;
  /** The rooms that there are, or those of this person. */
  rooms?(): void;
  /** What waits to be sent. */
  outbox?(): void;
  /** An answer that nothing in here was waiting for: the results of a search, an error. */
  other?(answer: Answer): void;
}

export interface ClientOptions extends LinkOptions {
  /** Who this is: asked at every connection. Null: not known yet. */
  readonly hello: () => Omit<RequestOf<"hello">, "type" | "id"> | null;
  readonly memory: Memory;
}

/** A chat, as one person sees it: it reconnects, resumes, and loses or doubles nothing. */
export class ChatClient {
  readonly rooms = new Map<string, RoomView>();
  /** Names of all rooms that there are. */
  available = new Set<string>();
  me: User | null = null;
  limits = { text: 4000, file: 10 * 2 ** 20 };
  link: LinkState = { is: "connecting" };
  /** What is going on with the server, as far as it says. */
  notice: AnswerOf<"notice">["code"] | null = null;
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly downloads: Downloads;
  readonly #link: Link;
  readonly #options: ClientOptions;
  readonly #events: ClientEvents;
  #count = 0;

  constructor(options: ClientOptions, events: ClientEvents) {
    this.#options = options;
    this.#events = events;
    this.#link = new Link(options, {
      opened: () => this.hello(),
      state: (state) => this.#state(state),
      answer: (answer) => this.#answer(answer),
      octets: (message) => {
        const chunk = decodeChunk(message);
        if (chunk !== null) this.downloads.piece(chunk);
      },
    });
    const say = (request: Request) => this.#link.say(request);
    this.outbox = new Outbox({
      memory: options.memory,
      // A room is joined first, so that what is sent comes back.
      say: (change) => this.rooms.get(change.room)?.joined !== false && say(change),
      silent: () => this.#link.renew(),
      changed: () => events.outbox?.(),
    });
    this.uploads = new Uploads({
      say,
      send: (message) => this.#link.sendOctets(message),
      done: (upload, file) => this.#uploaded(upload, file),
      changed: () => events.outbox?.(),
    });
    this.downloads = new Downloads(say);
  }

  connect(): void {
    this.#link.connect();
  }

  /** Does not wait any longer for the next attempt. */
  hurry(): void {
    this.#link.hurry();
  }

  /** Has no connection until `hurry`: nobody knows yet who this is. */
  rest(): void {
    this.#link.rest();
  }

  /** Closes the connection for good. */
  end(): void {
    this.#link.end("");
  }

  /** Loses the connection, as a network does. */
  drop(): void {
    this.#link.renew();
  }

  /** Says who this is, when that is known. */
  hello(): void {
    const hello = this.#options.hello();
    if (hello !== null) this.#link.say({ type: "hello", ...hello });
  }

  ask(request: Request): boolean {
    return this.#link.say(request);
  }

  /** Takes part in a room from now on. */
  join(name: string, other: User | null = null): RoomView {
    const known = this.rooms.get(name);
    if (known !== undefined) return known;
    const room = new RoomView(name, other);
    this.rooms.set(name, room);
    if (this.me !== null && this.#link.isOpen) this.#join(room);
    this.#events.rooms?.();
    return room;
  }

  leave(name: string): void {
    if (!this.rooms.delete(name)) return;
    this.#link.say({ type: "leave", room: name });
    this.#events.rooms?.();
  }

  /** Sends a text: now, or when there is a connection. */
  send(room: string, text: string, more: { reply?: string; file?: string } = {}): void {
    this.outbox.add({ type: "send", id: this.#id(), room, text, ...more });
  }

  edit(room: string, seq: string, text: string): void {
    this.outbox.add({ type: "edit", id: this.#id(), room, seq, text });
  }

  delete(room: string, seq: string): void {
    this.outbox.add({ type: "delete", id: this.#id(), room, seq });
  }

  /** Everything up to there was seen. */
  read(room: RoomView, seq: string): void {
    if (seq <= room.read) return;
    room.read = seq;
    if (this.#link.isOpen) this.#link.say({ type: "read", room: room.name, seq });
  }

  /** An id that nobody has used before, in this page or another. */
  #id(): string {
    return `${Date.now().toString(36)}-${(this.#count++).toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
  }

  #join({ name, cursor }: RoomView): void {
    this.#link.say({ type: "join", id: JOIN, room: name, ...(cursor !== null && { after: cursor }) });
  }

  #state(state: LinkState): void {
    this.link = state;
    if (state.is !== "open") {
      for (const room of this.rooms.values()) room.joined = false;
      this.outbox.closed();
      this.uploads.closed();
      this.downloads.closed();
    }
    this.#events.state?.();
  }

  #answer(answer: Answer): void {
    switch (answer.type) {
      case "welcome":
        return this.#welcome(answer);
      case "notice":
        this.notice = answer.code === "storage_available" ? null : answer.code;
        if (answer.code === "restarting") this.#link.comeBackAfter(answer.retryAfter ?? 0);
        return this.#events.state?.();
      case "room":
        this.available.add(answer.room);
        return this.#events.rooms?.();
      case "rooms":
        this.available = new Set(answer.rooms);
        return this.#events.rooms?.();
      case "ack":
        return this.outbox.acknowledged(answer);
      case "uploading":
        return this.uploads.progress(answer);
      case "uploaded":
        return this.uploads.whole(answer);
      case "error":
        return this.#error(answer);
      case "direct":
        this.join(answer.room, answer.with);
        return this.#events.other?.(answer);
      default:
        if ("room" in answer) this.#inRoom(answer);
        else this.#events.other?.(answer);
    }
  }

  #welcome(welcome: Welcome): void {
    this.me = welcome.user;
    this.limits = welcome.limits;
    this.notice = null;
    this.available = new Set(welcome.rooms);
    this.#link.settled();
    this.#events.welcome?.(welcome);
    for (const { room, with: other } of welcome.directs) {
      if (!this.rooms.has(room)) this.rooms.set(room, new RoomView(room, other));
    }
    for (const room of this.rooms.values()) this.#join(room);
    this.outbox.opened(welcome.user.id);
    this.downloads.opened();
    this.uploads.opened();
    this.#events.rooms?.();
  }

  #inRoom(answer: Extract<Answer, { room: string }>): void {
    const room = this.rooms.get(answer.room);
    if (room === undefined) return;
    switch (answer.type) {
      case "joined":
        room.welcome(answer);
        for (const { id, from } of answer.messages) if (from.id === this.me?.id) this.outbox.seen(id);
        break;
      case "message":
      case "edited":
      case "deleted":
        if (!room.apply(answer)) return;
        if (answer.from.id === this.me?.id) this.outbox.seen(answer.id);
        break;
      case "members":
        room.present(answer.members);
        this.outbox.wake();
        if (room.read !== "") this.#link.say({ type: "read", room: room.name, seq: room.read });
        break;
      case "presence":
        room.presence(answer);
        break;
      case "typing":
        room.typed(answer.user, Date.now());
        break;
      case "read":
        room.marked(answer);
        break;
      case "history":
        room.add(answer.messages);
        room.more = answer.more;
        break;
      case "left":
        break;
      default:
        return this.#events.other?.(answer);
    }
    this.#events.room?.(room, answer);
  }

  #error(error: AnswerOf<"error">): void {
    if (error.code === "not_joined" || error.id === JOIN) {
      const room = this.rooms.get(error.room ?? "");
      const passes = ["rate_limited", "storage_unavailable", "not_joined", "internal"].includes(error.code);
      if (room !== undefined && passes) {
        room.joined = false;
        setTimeout(() => this.#link.isOpen && !room.joined && this.#join(room), error.retryAfter ?? 1000);
      }
    }
    const known = this.outbox.refused(error) || this.uploads.refused(error) || this.downloads.refused(error);
    if (!known) this.#events.other?.(error);
  }

  #uploaded({ room, text }: Upload, { file }: FileInfo): void {
    this.send(room, text, { file });
  }
}
