// @ts-nocheck: the types of Bun are not installed here
// An echo server on the raw TCP of Bun: bun run bun-server.ts 9001
// Its sockets are callbacks and no streams, so this drives the state machine itself: the five steps of @plyws/connection.
import { Connection, OctetQueue } from "@plyws/connection";
import {
  acceptUpgrade,
  checkUpgradeRequest,
  encodeResponse,
  RequestReader,
  rejectUpgrade,
} from "@plyws/handshake";

const HANDSHAKE_TIMEOUT = 10_000;
const CLOSE_TIMEOUT = 5000;
/** Above this many octets that wait for a peer nothing is read from it: what comes would have to be answered, too. */
const HIGH_WATER_MARK = 65_536;

class Peer {
  readonly #socket;
  readonly #reader = new RequestReader();
  readonly #outbox = new OctetQueue();
  /** What the kernel has not taken yet. */
  #unsent = [];
  #connection = null;
  #ended = false;
  readonly #handshakeTimer;
  #closeTimer = null;

  constructor(socket) {
    this.#socket = socket;
    this.#handshakeTimer = setTimeout(() => socket.terminate(), HANDSHAKE_TIMEOUT);
  }

  /** Octets in: first a request, then frames. */
  receive(chunk) {
    if (this.#connection !== null) this.#connection.receive(chunk);
    else if (!this.#ended) this.#handshake(chunk);
    this.flush();
  }

  #handshake(chunk) {
    const read = this.#reader.receive(chunk);
    if (read === null) return; // not yet
    const checked = read.ok ? checkUpgradeRequest(read.head) : read;
    if (!checked.ok) {
      const { status, headers, message } = checked.error;
      this.#unsent.push(encodeResponse(rejectUpgrade(status, { headers, body: `${message}\n` })));
      this.#ended = true;
      return;
    }
    clearTimeout(this.#handshakeTimer);
    this.#unsent.push(encodeResponse(acceptUpgrade(checked.offer)));
    this.#connection = new Connection(
      { role: "server", maxMessageSize: 64 * 1024 * 1024 },
      {
        text: (data) => this.#connection.sendText(data),
        // What is sent is kept until it is written, and what was received is a view of the chunk.
        binary: (data) => this.#connection.sendBinary(data.slice()),
        closed() {},
      },
      this.#outbox,
    );
    // A copy: a part of a chunk is not ours to unmask.
    this.#connection.receive(read.rest.slice());
  }

  /** Octets out, as far as the kernel takes them; the rest waits for `drain`. */
  flush() {
    this.#unsent.push(...this.#outbox.take());
    while (this.#unsent.length > 0) {
      const [octets] = this.#unsent;
      const written = Math.max(this.#socket.write(octets), 0);
      if (written < octets.length) {
        this.#unsent[0] = octets.subarray(written);
        break;
      }
      this.#unsent.shift();
    }
    const waiting = this.#unsent.reduce((size, { length }) => size + length, 0);
    this.#outbox.congested = waiting > 0;
    if (waiting > HIGH_WATER_MARK) this.#socket.pause();
    else this.#socket.resume();
    const isOver = this.#ended || (this.#connection !== null && this.#connection.state !== "open");
    // Once: whatever a peer still sends or takes, it does not get more time.
    if (isOver) this.#closeTimer ??= setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT);
    // Our half alone: to close it all while octets come in would reset the connection, and the peer may lose what was said.
    if (waiting === 0 && (this.#ended || this.#outbox.ended)) this.#socket.shutdown();
  }

  /** The kernel takes octets again. */
  drain() {
    this.flush();
    if (this.#outbox.congested) return;
    this.#connection?.flushPong();
    this.flush();
  }

  /** The stream has ended. */
  end() {
    clearTimeout(this.#handshakeTimer);
    clearTimeout(this.#closeTimer);
    this.#connection?.receiveEnd();
  }
}

const listener = Bun.listen({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 9001),
  socket: {
    open(socket) {
      socket.data = new Peer(socket);
    },
    data: (socket, chunk) => socket.data.receive(chunk),
    drain: (socket) => socket.data.drain(),
    close: (socket) => socket.data.end(),
    error: (socket) => socket.terminate(),
  },
});
console.log(`ws://127.0.0.1:${listener.port}`);
