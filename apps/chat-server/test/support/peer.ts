import { connect, type WebSocketConnection } from "@plyws/node";
import { onTestFinished } from "vitest";
import type { Answer, AnswerOf } from "../../src/protocol/answers.ts";
import { SUBPROTOCOL } from "../../src/protocol/version.ts";

/** A client that says exactly what a test wants. */
export class Peer {
  readonly socket: WebSocketConnection;
  /** Everything that came and was not asked for yet. */
  readonly #inbox: (Answer | Uint8Array)[] = [];
  #wake: (() => void) | null = null;
  #count = 0;

  private constructor(socket: WebSocketConnection) {
    this.socket = socket;
  }

  static async connect(url: string, headers: Record<string, string> = {}, origin?: string): Promise<Peer> {
    let peer: Peer | null = null;
    const early: (string | Uint8Array)[] = [];
    const socket = await connect(
      url,
      { subprotocols: [SUBPROTOCOL], headers, origin },
      { message: (_, data) => (peer === null ? void early.push(data) : peer.#receive(data)) },
    );
    peer = new Peer(socket);
    for (const data of early) peer.#receive(data);
    onTestFinished(() => socket.terminate());
    return peer;
  }

  /** Connects and says hello. */
  static async named(url: string, name: string): Promise<Peer> {
    const peer = await Peer.connect(url);
    await peer.ask("welcome", { type: "hello", name });
    return peer;
  }

  /** A name for a request, different every time. */
  id(): string {
    return `${this.#count++}-${Math.random().toString(36).slice(2)}`;
  }

  say(request: unknown): void {
    this.socket.send(typeof request === "string" ? request : JSON.stringify(request));
  }

  /** Says something and waits for an answer of that type. */
  ask<Type extends Answer["type"]>(type: Type, request: unknown): Promise<AnswerOf<Type>> {
    this.say(request);
    return this.next(type);
  }

  /** Joins a room. */
  join(room: string, more: object = {}): Promise<AnswerOf<"joined">> {
    return this.ask("joined", { type: "join", room, ...more });
  }

  /** Sends a text, and waits until it is stored. */
  send(room: string, text: string, id = this.id()): Promise<AnswerOf<"ack">> {
    return this.ask("ack", { type: "send", id, room, text });
  }

  /** The next answer of that type, and of that property where one is given; others are kept. */
  next<Type extends Answer["type"]>(
    type: Type,
    fits: (answer: AnswerOf<Type>) => boolean = () => true,
  ): Promise<AnswerOf<Type>> {
    return this.#take((kept): kept is AnswerOf<Type> => isAnswer(kept, type) && fits(kept));
  }

  octets(): Promise<Uint8Array> {
    return this.#take((kept) => kept instanceof Uint8Array);
  }

  /** Everything of that type that is here by now. */
  all<Type extends Answer["type"]>(type: Type): AnswerOf<Type>[] {
    return this.#inbox.filter((kept) => isAnswer(kept, type));
  }

  /** Waits until the server has answered everything that was said before. */
  async settled(): Promise<void> {
    const id = this.id();
    this.say({ type: "rooms", id });
    await this.next("rooms", (answer) => answer.id === id);
  }

  async #take<Kept extends Answer | Uint8Array>(
    fits: (kept: Answer | Uint8Array) => kept is Kept,
  ): Promise<Kept> {
    for (;;) {
      const found = this.#inbox.find(fits);
      if (found !== undefined) {
        this.#inbox.splice(this.#inbox.indexOf(found), 1);
        return found;
      }
      if (this.socket.state === "closed") {
        const { code, reason } = await this.socket.closed;
        throw new Error(`The connection ended with ${code} ${reason}`);
      }
      const more = new Promise<void>((resolve) => (this.#wake = resolve));
      await Promise.race([more, this.socket.closed]);
    }
  }

  #receive(data: string | Uint8Array): void {
    this.#inbox.push(typeof data === "string" ? read(data) : data);
    this.#wake?.();
  }
}

function read(data: string): Answer {
  return JSON.parse(data);
}

function isAnswer<Type extends Answer["type"]>(
  kept: Answer | Uint8Array,
  type: Type,
): kept is AnswerOf<Type> {
  return !(kept instanceof Uint8Array) && kept.type === type;
}
