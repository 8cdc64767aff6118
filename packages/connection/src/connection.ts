import { CloseCode, type CloseInfo, decodeClose, encodeClose, Opcode, ProtocolError } from "@plyws/frame";
import type { DataOpcode } from "@plyws/message";
import { Closing } from "./closing.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { ConnectionOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import { Sender } from "./sender.ts";
import type { ConnectionState, Occasion } from "./state.ts";

/**
 * One WebSocket connection after its opening handshake, without any I/O: octets in by {@link receive}, events out
 * through the handler, octets out through the outbox (RFC 6455 sections 5 to 7).
 *
 * No method throws for what the peer did: the connection is failed instead, and the close record tells why.
 *
 * @example
 * ```ts
 * const outbox = new OctetQueue();
 * const connection = new Connection({ role: "server" }, {
 *   text: (data) => connection.sendText(data),
 *   binary: (data) => connection.sendBinary(data),
 *   closed: (record) => console.log(record.code),
 * }, outbox);
 * ```
 */
export class Connection<Text = string> extends Sender<Text> {
  readonly #handler: ConnectionHandler<Text>;
  /** `null` as long as nothing has happened that leads to the end. */
  #closing: Closing | null = null;
  /** Whether the stream has ended; octets of it may still be unread. */
  #ended = false;
  /** The payload of the latest Ping that could not be answered yet. */
  #pendingPong: Uint8Array | null = null;

  /** @throws RangeError when `maxMessageSize` is not an integer from 0 to 2^53 - 1 */
  constructor(options: ConnectionOptions<Text>, handler: ConnectionHandler<Text>, outbox: Outbox) {
    super(options, outbox);
    this.#handler = handler;
  }

  override get state(): ConnectionState {
    return this.#closing === null ? "open" : this.#closing.state;
  }

  /** Answers the Ping that came while the outbox was congested. */
  flushPong(): void {
    const payload = this.#pendingPong;
    this.#pendingPong = null;
    if (payload !== null) this.#answer(payload);
  }

  /**
   * Begins the closing handshake (RFC 6455 section 7.1.2). Messages still come in until the peer has answered.
   *
   * @param code 1000 (default) to 1003, 1007 to 1014, 3000 to 4999, or 1005 for a Close frame without a code
   * @param reason at most 123 octets of UTF-8
   * @returns whether this call began it: `false` when the connection is not open any more
   * @throws RangeError when the code or the reason cannot be sent
   */
  close(code: number = CloseCode.Normal, reason = ""): boolean {
    const payload = encodeClose({ code, reason });
    if (this.state !== "open") return false;
    this.#ending.initiator = "local";
    this.#move("close", { code, reason }, payload);
    return true;
  }

  /**
   * Fails the connection (RFC 6455 section 7.1.7): sends a Close frame, ends our half of the stream, and discards
   * what still comes in.
   *
   * @param code the close code to send, for instance 1011 when the application broke
   * @param cause becomes the `error` of the close record
   * @throws RangeError when the code cannot be sent
   */
  fail(code: number, cause: Error): void {
    const reason = cause instanceof ProtocolError ? cause.code : "";
    const payload = encodeClose({ code, reason });
    if (!this.reading) return;
    this.#ending.initiator ??= "local";
    this.#ending.error = cause;
    this.#move("violation", { code, reason }, payload);
    this.discard();
    // The stream may have ended before, while octets were still unread.
    this.run();
  }

  /**
   * The peer has ended its half of the stream, or the stream is gone. What was received and not looked at yet is
   * handled first; then the connection is closed.
   *
   * @param cause becomes the `error` of the close record unless there is one
   */
  receiveEnd(cause: Error | null = null): void {
    this.#ending.error ??= cause;
    this.#ended = true;
    this.run();
  }

  /**
   * Gives the stream up at once: what was received and not looked at is dropped, nothing more is queued.
   *
   * @param cause becomes the `error` of the close record unless there is one
   */
  abort(cause: Error | null = null): void {
    this.#ending.error ??= cause;
    this.#ending.initiator ??= "local";
    this.#finish();
  }

  protected override get reading(): boolean {
    return this.state === "open" || this.state === "closing";
  }

  protected override receivedText(data: Text): void {
    this.#handler.text(data);
  }

  protected override receivedBinary(data: Uint8Array): void {
    this.#handler.binary(data);
  }

  protected override receivedPiece(opcode: DataOpcode, piece: Uint8Array, last: boolean): void {
    this.#handler.piece?.(opcode, piece, last);
  }

  protected override receivedControl(opcode: Opcode, payload: Uint8Array): void {
    if (opcode === Opcode.Close) return this.#receivedClose(payload);
    if (opcode === Opcode.Pong) return this.#handler.pong?.(payload);
    // RFC 6455 section 5.5.3: the newest Ping may stand for those that were not answered yet.
    this.#pendingPong = this.outbox.congested ? new Uint8Array(payload) : null;
    if (this.#pendingPong === null) this.#answer(payload);
    this.#handler.ping?.(payload);
  }

  protected override receivedViolation(error: ProtocolError): void {
    this.fail(error.closeCode, error);
  }

  protected override spentChunk(chunk: Uint8Array): void {
    this.#handler.spent?.(chunk);
  }

  protected override receivedAll(): void {
    if (this.#ended) this.#finish();
  }

  #receivedClose(payload: Uint8Array): void {
    let info: CloseInfo;
    try {
      info = decodeClose(payload);
    } catch (error) {
      if (error instanceof ProtocolError) return this.receivedViolation(error);
      throw error;
    }
    this.#ending.received = info;
    this.#ending.initiator ??= "remote";
    // RFC 6455 section 5.5.1: "the endpoint typically echos the status code it received".
    const answer = { code: info.code, reason: "" };
    this.#move("peerClose", answer, encodeClose(answer));
    this.discard();
  }

  #answer(ping: Uint8Array): void {
    // RFC 6455 section 5.5.2: a Ping is answered "unless it already received a Close frame", also while closing.
    if (this.reading) this.writeControl(Opcode.Pong, ping);
  }

  get #ending(): Closing {
    this.#closing ??= new Closing();
    return this.#closing;
  }

  /** Does what the table of states says. */
  #move(occasion: Occasion, close: CloseInfo, payload: Uint8Array): void {
    const transition = this.#ending.move(occasion);
    if (transition === null) return;
    if (transition.sendClose) {
      this.#ending.sent = close;
      this.writeControl(Opcode.Close, payload);
    }
    if (transition.end === "both" || transition.end === this.role) this.outbox.end();
  }

  #finish(): void {
    if (this.#ending.move("endOfStream") === null) return;
    this.discard();
    this.#pendingPong = null;
    this.outbox.end();
    this.#handler.closed(this.#ending.record());
  }
}
