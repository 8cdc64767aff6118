import { connect, type WebSocketConnection } from "@plyws/node";

/** What a client of one of the servers says and hears. */
export interface Dialect {
  readonly name: string;
  readonly subprotocols: readonly string[];
  /** What is to be said in answer to a message before the room is joined; null when it is joined. */
  enter(message: string, index: number, room: string): string | null | undefined;
  send(id: string, room: string, text: string): string;
  /** What has to be answered at any time. */
  answer(message: string): string | undefined;
}

export const PLYWS: Dialect = {
  name: "plyws chat",
  subprotocols: ["plyws.chat.1"],
  enter(message, index, room) {
    if (message === "") return JSON.stringify({ type: "hello", name: `Load ${index}` });
    if (message.startsWith('{"type":"welcome"')) return JSON.stringify({ type: "join", room });
    return message.startsWith('{"type":"members"') ? null : undefined;
  },
  send: (id, room, text) => JSON.stringify({ type: "send", id, room, text }),
  answer: () => undefined,
};

// Engine.IO and Socket.IO by hand: a whole client of theirs for each of thousands would measure the clients.
export const SOCKETIO: Dialect = {
  name: "socket.io",
  subprotocols: [],
  enter(message, _, room) {
    if (message.startsWith("0{")) return "40";
    if (message.startsWith("40")) return `42${JSON.stringify(["join", room])}`;
    return message.startsWith('42["joined"') ? null : undefined;
  },
  send: (id, room, text) => `42${JSON.stringify(["send", { id, room, text }])}`,
  answer: (message) => (message === "2" ? "3" : undefined),
};

const TEXT = '"text":"';

/** One of thousands of clients, that only counts and measures. */
export class LoadPeer {
  readonly room: string;
  received = 0;
  readonly #socket: WebSocketConnection;
  readonly #dialect: Dialect;
  #sent = 0;

  private constructor(socket: WebSocketConnection, dialect: Dialect, room: string) {
    this.#socket = socket;
    this.#dialect = dialect;
    this.room = room;
  }

  /** @param measured gets how long each message took, in milliseconds */
  static async enter(
    url: string,
    dialect: Dialect,
    index: number,
    room: string,
    measured: ((milliseconds: number) => void) | null,
  ): Promise<LoadPeer> {
    let peer: LoadPeer | null = null;
    let resolve: (() => void) | undefined;
    const joined = new Promise<void>((done) => (resolve = done));
    const enter = (socket: WebSocketConnection, message: string) => {
      const next = dialect.enter(message, index, room);
      if (next === null) resolve?.();
      else if (next !== undefined) socket.send(next);
    };
    const socket = await connect(
      url,
      { subprotocols: dialect.subprotocols },
      {
        message(from, data) {
          const message = String(data);
          if (peer === null) return enter(from, message);
          const answer = dialect.answer(message);
          if (answer !== undefined) from.send(answer);
          const at = message.indexOf(TEXT);
          if (at === -1) return;
          peer.received++;
          if (measured === null) return;
          measured(performance.now() - Number.parseFloat(message.slice(at + TEXT.length, at + 40)));
        },
      },
    );
    enter(socket, "");
    await joined;
    peer = new LoadPeer(socket, dialect, room);
    return peer;
  }

  send(): void {
    // The text says when it was sent, and has the length of a usual message.
    const text = `${performance.now().toFixed(3)} ${"x".repeat(80)}`;
    this.#socket.send(this.#dialect.send(`m${this.#sent++}`, this.room, text));
  }

  leave(): void {
    this.#socket.terminate();
  }
}
