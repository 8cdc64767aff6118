import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { ACCEPT_VECTOR, MASK, type ParsedFrame, parseFrames } from "@plyws/testkit";
import { onTestFinished } from "vitest";

/** The key of RFC 6455 section 1.3. */
export const KEY = ACCEPT_VECTOR.key;

/** A masking key for the frames of a raw client. */
export const masked = { mask: MASK };

/** A socket that writes and collects plain octets: a peer that does whatever a test wants. */
export class RawPeer {
  readonly socket: Socket;
  /** Settles when the stream has ended or is gone, in whatever way. */
  readonly ended: Promise<void>;
  /** Settles when the stream is gone; with the error, if there was one. */
  readonly closed: Promise<Error | null>;
  /** What was received and not taken yet; joined only when somebody looks, since it may be large. */
  #chunks: Buffer[] = [];
  #size = 0;
  #wake: () => void = () => {};
  #done = false;

  constructor(socket: Socket) {
    this.socket = socket;
    let failure: Error | null = null;
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    socket.on("error", (error) => {
      failure = error;
    });
    this.closed = new Promise((resolve) => socket.once("close", () => resolve(failure)));
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#done = true;
        this.#wake();
        resolve();
      };
      socket.once("end", end).once("close", end);
    });
    onTestFinished(() => void socket.destroy());
  }

  write(...parts: readonly (Uint8Array | string)[]): void {
    this.socket.write(Buffer.concat(parts.map((part) => Buffer.from(part))));
  }

  /** Ends the connection with a RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Takes what was received and not taken before. */
  take(): Buffer {
    const taken = this.#received;
    this.#received = Buffer.alloc(0);
    return taken;
  }

  /** The head of a request or response, up to the empty line. */
  async head(): Promise<string> {
    const end = (): number => this.#received.indexOf("\r\n\r\n");
    await this.#until(() => end() !== -1);
    const size = end() + 4;
    const head = this.#received.toString("latin1", 0, size);
    this.#received = this.#received.subarray(size);
    return head;
  }

  /** The next `count` frames; fewer when the stream ends before. */
  async frames(count: number): Promise<ParsedFrame[]> {
    const parsed = (): ParsedFrame[] => parseFrames(this.#received, { trailing: "ignore" });
    await this.#until(() => this.#done || parsed().length >= count);
    if (parsed().length > count) throw new Error(`${parsed().length} frames instead of ${count}`);
    return parseFrames(this.take());
  }

  /** The next `count` octets. */
  async octets(count: number): Promise<Buffer> {
    await this.#until(() => this.#size >= count);
    const octets = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return octets;
  }

  /** Everything up to the end of the stream. */
  async rest(): Promise<Buffer> {
    await this.ended;
    return this.take();
  }

  get #received(): Buffer {
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  set #received(octets: Buffer) {
    this.#chunks = [octets];
    this.#size = octets.length;
  }

  async #until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      if (this.#done)
        throw new Error(`The stream has ended after ${JSON.stringify(this.take().toString("latin1"))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Connects to the port of a URL. */
export async function rawConnect(url: string): Promise<RawPeer> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
  const peer = new RawPeer(socket);
  await once(socket, "connect");
  return peer;
}

/** The head of a request for an upgrade, with further or other lines; `null` leaves a line out. */
export function requestHead(lines: Readonly<Record<string, string | null>> = {}, target = "/"): string {
  const fields = {
    Host: "127.0.0.1",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...lines,
  };
  const kept = Object.entries(fields).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return [`GET ${target} HTTP/1.1`, ...kept, "", ""].join("\r\n");
}

/** A raw client behind its opening handshake. */
export async function rawClient(url: string, first: Uint8Array = new Uint8Array(0)): Promise<RawPeer> {
  const peer = await rawConnect(url);
  peer.write(requestHead(), first);
  const head = await peer.head();
  if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(head);
  return peer;
}

/** A server of plain TCP that gives every connection to `serve`; its URL. */
export async function rawServer(
  serve: (peer: RawPeer) => void | Promise<void>,
  host = "127.0.0.1",
): Promise<string> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    // What goes wrong here shows at the client: the connection ends.
    Promise.resolve(serve(new RawPeer(socket))).catch(() => socket.destroy());
  });
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  return `ws://${host.includes(":") ? `[${host}]` : host}:${port}/`;
}

/** The answer that opens the connection which `head` asks for. */
export function acceptingHead(head: string, lines: readonly string[] = []): string {
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptFor(head)}`,
    ...lines,
    "",
    "",
  ].join("\r\n");
}

/** A server that answers every request with these octets, and stays. */
export const answering = (answer: (head: string) => string | Uint8Array): Promise<string> =>
  rawServer(async (peer) => peer.write(answer(await peer.head())));

/** RFC 6455 section 4.2.2, item 5.4, written without a look at the code under test. */
function acceptFor(head: string): string {
  const key = /^Sec-WebSocket-Key: (.*)$/im.exec(head)?.[1]?.trim() ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
