import type { CloseRecord } from "@plyws/connection";
import { CloseCode } from "@plyws/frame";
import type { WebSocketConnection } from "../connection.ts";
import type { MessageData } from "../events.ts";
import { toError } from "../warn.ts";
import { checkClose, checkSubprotocols, parseUrl } from "./arguments.ts";
import { checkCount, isObject, toClampedShort, toMessage, toString, toUsvString } from "./convert.ts";
import {
  CloseEvent,
  EventHandlers,
  errorEvent,
  exposeHandlers,
  type WebSocketEventMap,
  WebSocketTarget,
} from "./events.ts";
import { expose, exposeConstants } from "./expose.ts";
import { toInit, type WebSocketInit } from "./init.ts";
import { open } from "./open.ts";
import { SendQueue } from "./send-queue.ts";

/** How binary messages are delivered. */
export type BinaryType = "blob" | "arraybuffer";
/** A handler of one type of event. */
export type WebSocketHandler<Type extends keyof WebSocketEventMap> =
  | ((this: WebSocket, event: WebSocketEventMap[Type]) => unknown)
  | null;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** So many messages may wait for their tasks before the connection stops to read. */
const MAX_UNDELIVERED = 64;

/**
 * The `WebSocket` of browsers, over {@link connect}: the same constructor, methods, events and exceptions, so that code
 * for browsers runs unchanged. Where Node is no browser: a URL is absolute, no Origin is sent unless it is given, and
 * `error` events have an `error` which says why.
 *
 * A peer that does not read, and messages that are too large, are treated as `maxBufferedAmount` and `maxMessageSize`
 * say. To wait until more can be sent or received, use {@link WebSocketStream} or {@link connect}.
 *
 * @example
 * ```ts
 * const socket = new WebSocket("ws://localhost:9001/", ["chat.v2", "chat.v1"]);
 * socket.onopen = () => socket.send("hello");
 * socket.onmessage = ({ data }) => console.log(data);
 * socket.onclose = ({ code, wasClean }) => console.log(code, wasClean);
 * ```
 */
export class WebSocket extends WebSocketTarget {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;
  declare onopen: WebSocketHandler<"open">;
  declare onmessage: WebSocketHandler<"message">;
  /** Comes before `close` when the connection failed or was lost. */
  declare onerror: WebSocketHandler<"error">;
  declare onclose: WebSocketHandler<"close">;

  readonly #url: URL;
  readonly #handlers = new EventHandlers(this);
  readonly #queue = new SendQueue();
  readonly #handshake = new AbortController();
  #connection: WebSocketConnection | null = null;
  #readyState: 0 | 1 | 2 | 3 = CONNECTING;
  #protocol = "";
  /** The client offers none. */
  #extensions = "";
  #binaryType: BinaryType = "blob";
  /** How many messages wait for their tasks. */
  #undelivered = 0;

  static {
    exposeHandlers(this, ["open", "message", "error", "close"], (socket) => {
      if (isObject(socket) && #handlers in socket) return socket.#handlers;
      throw new TypeError("Illegal invocation");
    });
    expose("WebSocket", this);
    exposeConstants(this, { CONNECTING, OPEN, CLOSING, CLOSED });
  }

  /**
   * @param url `ws:` or `wss:`, or `http:` or `https:` for the same
   * @param protocols one subprotocol or several in order of preference; or, outside the standard, options
   * @throws DOMException "SyntaxError" when the URL is not absolute, has another scheme or a fragment; when a
   * subprotocol is not a token or appears twice, in whatever letter case
   */
  constructor(url: string | URL, protocols: string | Iterable<string> | WebSocketInit = []) {
    super();
    checkCount(arguments.length, 1);
    const text = toString(url);
    const { subprotocols, options } = toInit(protocols);
    this.#url = parseUrl(text);
    checkSubprotocols(subprotocols);
    const { signal } = this.#handshake;
    open(
      this.#url,
      { ...options, subprotocols, signal },
      {
        open: (connection) => this.#established(connection),
        message: (data) => this.#received(data),
        close: (record) => this.#ended(record),
      },
    ).catch((error: unknown) => this.#ended({ ...NEVER_OPENED, error: toError(error) }));
  }

  /** The URL, serialized; always `ws:` or `wss:`. */
  get url(): string {
    return this.#url.href;
  }

  /** 0 CONNECTING, 1 OPEN, 2 CLOSING, 3 CLOSED. */
  get readyState(): 0 | 1 | 2 | 3 {
    // Once everything before the Close frame of the peer is delivered, the closing handshake is seen to have begun.
    const over = this.#undelivered === 0 && this.#connection !== null && this.#connection.state !== "open";
    return this.#readyState === OPEN && over ? CLOSING : this.#readyState;
  }

  /**
   * Octets of payload, without frame headers, that were sent and are not transmitted. It grows with every `send`, also
   * when the socket is closing or closed, and falls only between tasks.
   */
  get bufferedAmount(): number {
    return this.#queue.amount;
  }

  /** The extensions in use, as the server wrote them; "" when there are none. */
  get extensions(): string {
    return this.#extensions;
  }

  /** The subprotocol that was agreed on; "" when there is none. */
  get protocol(): string {
    return this.#protocol;
  }

  /** How binary messages to come are delivered: as a `Blob` (default) or an `ArrayBuffer`. Other values are ignored. */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(value: BinaryType) {
    const type = toString(value);
    if (type === "blob" || type === "arraybuffer") this.#binaryType = type;
  }

  /**
   * Sends a message: buffers, views and Blobs as a binary one, anything else as the text that it converts to. Octets
   * are copied. A closing or closed socket sends nothing, and only counts the octets in {@link bufferedAmount}.
   *
   * @throws DOMException "InvalidStateError" while the socket is connecting
   * @throws TypeError for views of shared or resizable memory, and for symbols
   */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
    checkCount(arguments.length, 1);
    const message = data instanceof Blob ? data : toMessage(data);
    if (this.#readyState === CONNECTING) {
      throw new DOMException("The WebSocket is still connecting", "InvalidStateError");
    }
    this.#queue.send(message, this.#readyState === OPEN);
  }

  /**
   * Begins the closing handshake after everything that was sent; gives up connecting while it connects; else nothing.
   *
   * The code is 1000, or 3000 to 4999; without it the Close frame has no code. The reason has at most 123 octets of UTF-8;
   * with a reason and no code, the code is 1000.
   *
   * @throws DOMException "InvalidAccessError" for another code, "SyntaxError" for a longer reason
   */
  close(...[code, reason]: [code?: number | undefined, reason?: string | undefined]): void {
    const closeCode = code === undefined ? null : toClampedShort(code);
    const text = reason === undefined ? "" : toUsvString(reason);
    checkClose(closeCode, text);
    const state = this.#readyState;
    if (state === CONNECTING || state === OPEN) this.#readyState = CLOSING;
    if (state === OPEN) this.#queue.close(closeCode, text);
    if (state !== CONNECTING) return;
    this.#handshake.abort(new DOMException("The WebSocket was closed while it was connecting", "AbortError"));
    this.#connection?.terminate();
  }

  #established(connection: WebSocketConnection): void {
    this.#connection = connection;
    this.#queue.begin(connection);
    setImmediate(() => {
      if (this.#readyState !== CONNECTING) return;
      this.#readyState = OPEN;
      this.#protocol = connection.subprotocol;
      this.#extensions = connection.extensions;
      this.dispatchEvent(new Event("open"));
    });
  }

  #received(data: MessageData): void {
    this.#undelivered += 1;
    if (this.#undelivered === MAX_UNDELIVERED) this.#connection?.pause();
    // Each message has a task of its own: what its listeners promise is done before the next.
    setImmediate(() => {
      if (this.#readyState === OPEN) this.#deliver(data);
      this.#undelivered -= 1;
      if (this.#undelivered === 0) this.#connection?.resume();
    });
  }

  #deliver(message: MessageData): void {
    const data = typeof message === "string" ? message : binaryOf(message, this.#binaryType);
    this.dispatchEvent(new MessageEvent("message", { data, origin: this.#url.origin }));
  }

  #ended({ clean: wasClean, code, reason, error }: End): void {
    this.#queue.end(wasClean);
    setImmediate(() => {
      this.#readyState = CLOSED;
      // RFC 6455 section 7.2.1: the unexpected loss of the connection is a failure as well.
      if (!wasClean) this.dispatchEvent(errorEvent(error));
      this.dispatchEvent(new CloseEvent("close", { wasClean, code, reason }));
    });
  }
}

type End = Pick<CloseRecord, "clean" | "code" | "reason" | "error">;
const NEVER_OPENED = { clean: false, code: CloseCode.Abnormal, reason: "" };

function binaryOf(octets: Uint8Array, type: BinaryType): Blob | ArrayBufferLike {
  // Messages are never in shared memory.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  if (type === "blob") return new Blob([octets as Uint8Array<ArrayBuffer>]);
  const { buffer, byteOffset, byteLength } = octets;
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}
