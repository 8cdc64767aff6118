import type { CloseRecord } from "@plyws/connection";
import { CloseCode } from "@plyws/frame";
import type { ConnectOptions } from "../client.ts";
import type { WebSocketConnection } from "../connection.ts";
import type { MessageData } from "../events.ts";
import { checkSubprotocols, closeCodeFor, parseUrl } from "./arguments.ts";
import { checkCount, toDictionary, toMessage, toStrings, toUsvString } from "./convert.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { closeInfoOf, failure, type WebSocketCloseInfo, WebSocketError } from "./error.ts";
import { expose } from "./expose.ts";
import { open } from "./open.ts";

/** Options of a {@link WebSocketStream}. Only `protocols` and `signal` are of the standard. */
export interface WebSocketStreamOptions extends Omit<ConnectOptions, "subprotocols"> {
  /** Subprotocols in order of preference. Default none. */
  readonly protocols?: Iterable<string> | undefined;
}

/** What a {@link WebSocketStream} is once it is open. */
export interface WebSocketOpenInfo {
  /** The messages of the peer: texts as strings, binary ones as octets. It is read no faster than this. */
  readonly readable: ReadableStream<string | Uint8Array>;
  /** Takes what `send` of a {@link WebSocket} takes, except Blobs. A write waits while more than 64 KiB are queued. */
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  /** The extensions in use, as the server wrote them; "" when there are none. */
  readonly extensions: string;
  /** The subprotocol that was agreed on; "" when there is none. */
  readonly protocol: string;
}

/**
 * The `WebSocketStream` that is drafted for browsers: a connection as two streams, with back-pressure in both
 * directions.
 *
 * Closing the writable begins the closing handshake and waits for its end. Cancelling the readable or aborting the
 * writable begins it as well, with the close code of a {@link WebSocketError}, else without one.
 *
 * @example
 * ```ts
 * const stream = new WebSocketStream("ws://localhost:9001/");
 * const { readable, writable } = await stream.opened;
 * const writer = writable.getWriter();
 * await writer.write("hello");
 * for await (const message of readable) {
 *   console.log(message);
 *   stream.close({ closeCode: 3000, reason: "done" });
 * }
 * console.log(await stream.closed);
 * ```
 */
export class WebSocketStream {
  readonly #url: URL;
  readonly #opened: Deferred<WebSocketOpenInfo> = deferred();
  readonly #closed: Deferred<Required<WebSocketCloseInfo>> = deferred();
  readonly #handshake = new AbortController();
  /** Whether `signal` ended the handshake: then its reason is what everything fails with. */
  #aborted = false;
  /** Whether the closing handshake was begun here. */
  #closing = false;
  /** Whether the end of the writable is what closes. */
  #writableClosing = false;
  #connection: WebSocketConnection | null = null;
  #readable: ReadableStreamDefaultController<string | Uint8Array> | null = null;
  #writable: WritableStreamDefaultController | null = null;
  /** Why nothing can be written any more. */
  #failure: Error | null = null;
  /** Ends the waiting of a write. */
  #wake: () => void = () => {};

  static {
    expose("WebSocketStream", this);
  }

  /**
   * @param url `ws:` or `wss:`, or `http:` or `https:` for the same
   * @throws DOMException "SyntaxError" when the URL is not absolute, has another scheme or a fragment; when a
   * subprotocol is not a token or appears twice, in whatever letter case
   */
  constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
    checkCount(arguments.length, 1);
    const text = toUsvString(url);
    const { protocols, signal, ...others }: WebSocketStreamOptions = toDictionary(options);
    const subprotocols = protocols === undefined ? [] : toStrings(protocols).map(toUsvString);
    this.#url = parseUrl(text);
    checkSubprotocols(subprotocols);
    const onAbort = (): void => {
      this.#aborted = true;
      this.#handshake.abort(signal?.reason);
    };
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort);
    open(
      this.#url,
      { ...others, subprotocols, signal: this.#handshake.signal },
      {
        open: (connection) => this.#established(connection),
        message: (data) => this.#received(data),
        drain: () => this.#wake(),
        close: (record) => this.#ended(record),
      },
    )
      .catch((error: unknown) => this.#neverOpened(error))
      .finally(() => signal?.removeEventListener("abort", onAbort));
  }

  /** The URL, serialized; always `ws:` or `wss:`. */
  get url(): string {
    return this.#url.href;
  }

  /**
   * The streams, once the connection is open. Rejects with the reason of `signal` when that was aborted before, else
   * with a {@link WebSocketError} whose `cause` says why.
   */
  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise;
  }

  /**
   * What the peer said in its Close frame, once the closing handshake is done; without a code, 1005. Rejects like
   * `opened`, and when the connection fails or is lost.
   */
  get closed(): Promise<Required<WebSocketCloseInfo>> {
    return this.#closed.promise;
  }

  /**
   * Begins the closing handshake, or gives up connecting. Messages that come in afterwards are dropped.
   *
   * @throws DOMException "InvalidAccessError" or "SyntaxError" when the code or the reason cannot be sent
   * @throws TypeError when the code is not from 0 to 65535
   */
  close(closeInfo: WebSocketCloseInfo = {}): void {
    const { code, reason } = closeInfoOf(closeInfo);
    this.#close(code, reason);
  }

  #established(connection: WebSocketConnection): void {
    this.#connection = connection;
    const readable = new ReadableStream<string | Uint8Array>({
      start: (controller) => {
        this.#readable = controller;
      },
      pull: () => connection.resume(),
      cancel: (reason) => this.#closeUsing(reason),
    });
    const writable = new WritableStream<string | ArrayBuffer | ArrayBufferView>({
      start: (controller) => {
        this.#writable = controller;
        controller.signal.addEventListener("abort", () => this.#wake());
      },
      write: (chunk) => this.#write(connection, chunk),
      close: () => this.#closeWritable(),
      abort: (reason) => this.#closeUsing(reason),
    });
    this.#opened.resolve({
      readable,
      writable,
      extensions: connection.extensions,
      protocol: connection.subprotocol,
    });
  }

  #received(data: MessageData): void {
    if (this.#closing || this.#readable === null) return;
    this.#readable.enqueue(data);
    if (this.#readable.desiredSize! <= 0) this.#connection?.pause();
  }

  async #write(connection: WebSocketConnection, chunk: unknown): Promise<void> {
    const status = connection.send(toMessage(chunk));
    // The peer has ended its stream, while messages of it are still unread.
    if (status === "closed" && !this.#closing && this.#failure === null) {
      throw new WebSocketError("The connection is not open any more");
    }
    if (status !== "sent" && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== null) throw this.#failure;
  }

  async #closeWritable(): Promise<void> {
    this.#writableClosing = true;
    this.#close(null, "");
    await this.#closed.promise;
  }

  #closeUsing(reason: unknown): void {
    if (!(reason instanceof WebSocketError)) return this.#close(null, "");
    // That of a connection which failed has a code that cannot be sent.
    const sendable = reason.closeCode !== CloseCode.Abnormal;
    this.#close(sendable ? reason.closeCode : null, sendable ? reason.reason : "");
  }

  #close(code: number | null, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#readable === null) this.#handshake.abort();
    this.#connection?.close(closeCodeFor(code, reason), reason);
    // The Close frame of the peer may be behind messages that nobody will read.
    this.#connection?.resume();
  }

  #neverOpened(cause: unknown): void {
    const { reason } = this.#handshake.signal;
    this.#opened.reject(this.#aborted ? reason : failure(NEVER_OPENED, null, cause));
    this.#closed.reject(this.#aborted ? reason : failure(NEVER_OPENED, CloseCode.Abnormal, cause));
  }

  #ended({ clean, code, reason, error }: CloseRecord): void {
    this.#failure = clean
      ? new DOMException("A closed WebSocketStream cannot be written to", "InvalidStateError")
      : failure("The connection was lost", code, error);
    if (clean) closeReadable(this.#readable);
    else this.#readable?.error(this.#failure);
    if (!this.#writableClosing) this.#writable?.error(this.#failure);
    if (clean) this.#closed.resolve({ closeCode: code, reason });
    else this.#closed.reject(this.#failure);
    this.#wake();
  }
}

function closeReadable(readable: ReadableStreamDefaultController<unknown> | null): void {
  try {
    readable?.close();
  } catch {
    // It was cancelled before.
  }
}

const NEVER_OPENED = "The connection could not be opened";
