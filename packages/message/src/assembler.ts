import { type Frame, type FrameHeader, isControl, Opcode, ProtocolError } from "@plyws/frame";
import type { DataOpcode, Message } from "./message.ts";
import { type Allocate, PayloadBuffer } from "./payload-buffer.ts";
import { type IsUtf8, Utf8Validator } from "./utf8.ts";

/** The default limit on the size of a message, in octets: 1 MiB. */
export const DEFAULT_MAX_MESSAGE_SIZE = 1_048_576;

/**
 * How many fragments of one message may be empty. They cost no memory, but a message of nothing else would never end.
 */
export const MAX_EMPTY_FRAGMENTS = 65_536;

export interface AssemblerOptions {
  /** The largest message that is accepted, in octets of payload. Default 1 MiB. */
  readonly maxMessageSize?: number | undefined;
  /** A native check of whole UTF-8, used for long pieces of text. Default none. */
  readonly isUtf8?: IsUtf8 | undefined;
  /**
   * Gives memory for messages that are put together: exactly so many octets with a buffer of their own. They are
   * overwritten before anybody sees them, so they need not be zero. Default `new Uint8Array(size)`.
   */
  readonly allocate?: Allocate | undefined;
}

/** The parts of a header that reassembly looks at. */
export type DataFrameHeader = Pick<FrameHeader, "fin" | "opcode" | "payloadLength">;

/**
 * Puts the fragments of a message together (RFC 6455 section 5.4). Control frames may stand between them: they are
 * handled elsewhere and do not come here.
 *
 * What is appended is copied, so no fragment keeps the memory that it arrived in; only a large piece that is given away
 * and fills its buffer is kept as it is. However many fragments a message comes in, what is retained is what has
 * arrived, at most a seventh of it for such buffers, and at most 64 KiB. Once its last frame has begun that may be
 * more: up to four times what has arrived, but not more than was announced. Text is checked octet by octet as it
 * arrives.
 *
 * Use {@link push} for whole frames, or {@link beginFrame}, {@link append} and {@link endFrame} for frames whose
 * payload arrives in pieces. After a `ProtocolError` the connection is to be failed; {@link reset} lets go of all.
 *
 * @example
 * ```ts
 * const assembler = new MessageAssembler();
 * assembler.push({ fin: false, opcode: Opcode.Binary, payload: Uint8Array.of(1, 2) }); // null
 * assembler.push({ fin: true, opcode: Opcode.Continuation, payload: Uint8Array.of(3) }); // 1, 2, 3
 * ```
 */
export class MessageAssembler {
  /** The largest message that is accepted, in octets of payload. */
  readonly maxMessageSize: number;
  readonly #isUtf8: IsUtf8 | undefined;
  readonly #allocate: Allocate | undefined;
  // Most messages come in one frame and do not come here: what they do not need is made when it is.
  #payload: PayloadBuffer | null = null;
  #validator: Utf8Validator | null = null;
  /** The opcode of the message in progress; null between messages. */
  #opcode: DataOpcode | null = null;
  #emptyFragments = 0;
  #rest = 0;
  #last = false;
  #keep = true;
  #encoded = false;

  /** @throws RangeError when `maxMessageSize` is not an integer from 0 to 2^53 - 1 */
  constructor({ maxMessageSize = DEFAULT_MAX_MESSAGE_SIZE, isUtf8, allocate }: AssemblerOptions = {}) {
    if (!Number.isSafeInteger(maxMessageSize) || maxMessageSize < 0) {
      throw new RangeError(`maxMessageSize is an integer from 0 to 2^53 - 1, not ${maxMessageSize}`);
    }
    this.maxMessageSize = maxMessageSize;
    this.#isUtf8 = isUtf8;
    this.#allocate = allocate;
  }

  /** Whether a message has begun and is not finished. */
  get inProgress(): boolean {
    return this.#opcode !== null;
  }

  /** What the message in progress is; `null` between messages. */
  get opcode(): DataOpcode | null {
    return this.#opcode;
  }

  /** Whether the message in progress is put together, or only checked. */
  get keeping(): boolean {
    return this.#keep;
  }

  /** Whether the frames of the message in progress hold it in a form that an extension has to decode. */
  get encoded(): boolean {
    return this.#encoded;
  }

  /** Octets of memory held for the message in progress. */
  get retainedSize(): number {
    return this.#payload?.retainedSize ?? 0;
  }

  /** Whether what was {@link append}ed last of `buffer` was given away and is kept as it is, instead of copied. */
  keeps(buffer: ArrayBufferLike): boolean {
    return this.#payload?.keeps(buffer) ?? false;
  }

  /**
   * Whether a data frame may come now, told from its header alone. Changes nothing.
   *
   * @param keep whether the payload of a message that begins with it is to be put together
   * @param encoded whether a message that begins with it is encoded, so that the length tells nothing about its size
   * @throws ProtocolError `continuation-unexpected`, `continuation-expected`, `message-too-big`, `too-many-fragments`
   * @throws RangeError when the header is that of a control frame
   */
  check({ fin, opcode, payloadLength }: Readonly<DataFrameHeader>, keep = true, encoded = false): void {
    if (isControl(opcode)) throw new RangeError("A control frame is no part of a message");
    // RFC 6455 section 5.4: fragments of one message "MUST NOT be interleaved" with those of another.
    if (this.#opcode === null) {
      if (opcode === Opcode.Continuation) throw new ProtocolError("continuation-unexpected");
    } else if (opcode !== Opcode.Continuation) throw new ProtocolError("continuation-expected");
    // Both are at most 2^53 - 1, so this difference is exact where their sum need not be.
    const kept = this.#opcode === null ? keep && !encoded : this.#keep && !this.#encoded;
    if (kept && payloadLength > this.maxMessageSize - this.#size()) {
      throw this.#tooBig();
    }
    if (payloadLength === 0 && !fin && this.#emptyFragments >= MAX_EMPTY_FRAGMENTS) {
      throw new ProtocolError("too-many-fragments", `limit ${MAX_EMPTY_FRAGMENTS}`);
    }
  }

  /**
   * Begins a data frame whose payload will be {@link append}ed.
   *
   * @param keep whether the payload of a message that begins with it is to be put together. With `false` the order of
   * the fragments and the UTF-8 are checked, but nothing is retained: the message has no limit and comes out empty
   * @param encoded whether an extension has to decode the message that begins with it. What is appended is only counted
   * then; what it decodes to goes to {@link appendDecoded}
   * @throws ProtocolError as {@link check}
   * @throws RangeError when the header is that of a control frame, or octets of the frame before are missing
   */
  beginFrame(header: Readonly<DataFrameHeader>, keep = true, encoded = false): void {
    if (this.#rest > 0) throw lacking(this.#rest);
    this.check(header, keep, encoded);
    if (this.#opcode === null) {
      this.#keep = keep;
      this.#encoded = encoded;
    }
    if (header.opcode === Opcode.Text || header.opcode === Opcode.Binary) this.#opcode = header.opcode;
    if (header.payloadLength === 0) this.#emptyFragments++;
    this.#rest = header.payloadLength;
    this.#last = header.fin;
  }

  /**
   * Adds a piece of the unmasked payload of the frame that was begun.
   *
   * @param owned whether the piece is given away, so that a large one may be kept instead of copied. Default: it is
   * copied
   * @throws ProtocolError `invalid-utf8` at the first octet that no valid text can have there; `message-too-big` when
   * the memory for it cannot be had
   * @throws RangeError when the frame does not have so many octets left
   */
  append(piece: Uint8Array, owned = false): void {
    if (piece.length > this.#rest) {
      throw new RangeError(`The frame has ${this.#rest} octets left, not ${piece.length}`);
    }
    if (!this.#encoded) {
      this.#validate(piece);
      if (this.#keep) this.#collector().append(piece, this.#rest, this.#last, owned);
    }
    this.#rest -= piece.length;
  }

  /**
   * Adds octets that the payload of an encoded message has turned out to be. They are copied.
   *
   * @throws ProtocolError `message-too-big` as soon as the message is larger than the limit; `invalid-utf8` at the first
   * octet that no valid text can have there
   * @throws RangeError when no encoded message is in progress
   */
  appendDecoded(octets: Uint8Array): void {
    if (!this.#encoded) throw new RangeError("No encoded message is in progress");
    if (this.#keep && octets.length > this.maxMessageSize - this.#size()) throw this.#tooBig();
    this.#validate(octets);
    if (this.#keep) this.#collector().append(octets, octets.length, false, false);
  }

  /**
   * Ends the frame that was begun.
   *
   * @returns the message when this was its last fragment, its payload in a buffer of its own; else `null`
   * @throws ProtocolError `invalid-utf8` when a text ends inside a code point; `message-too-big` when the memory for
   * it cannot be had
   * @throws RangeError when octets of the frame are missing
   */
  endFrame(): Message | null {
    if (this.#opcode === null) throw new RangeError("No frame was begun");
    if (this.#rest > 0) throw lacking(this.#rest);
    if (!this.#last) return null;
    if (this.#opcode === Opcode.Text && this.#validator?.complete === false)
      throw new ProtocolError("invalid-utf8");
    const message = { opcode: this.#opcode, payload: this.#payload?.take() ?? new Uint8Array(0) };
    this.reset();
    return message;
  }

  /**
   * Takes a whole data frame, its payload unmasked.
   *
   * @returns the message when this was its last fragment; else `null`
   * @throws ProtocolError when the frame breaks RFC 6455 or a limit
   * @throws RangeError when it is a control frame
   */
  push(frame: Readonly<Pick<Frame, "fin" | "opcode" | "payload">>): Message | null {
    const { fin, opcode, payload } = frame;
    this.beginFrame({ fin, opcode, payloadLength: payload.length });
    this.append(payload);
    return this.endFrame();
  }

  /** Lets go of the message in progress. */
  reset(): void {
    this.#opcode = null;
    this.#emptyFragments = 0;
    this.#rest = 0;
    this.#last = false;
    this.#keep = true;
    this.#encoded = false;
    this.#payload = null;
    this.#validator?.reset();
  }

  /** Octets of the message in progress that were collected. */
  #size(): number {
    return this.#payload?.size ?? 0;
  }

  #collector(): PayloadBuffer {
    this.#payload ??= new PayloadBuffer(this.#allocate);
    return this.#payload;
  }

  #validate(octets: Uint8Array): void {
    // RFC 6455 section 8.1: a byte stream that is not valid UTF-8 fails the connection.
    if (this.#opcode !== Opcode.Text) return;
    this.#validator ??= new Utf8Validator(this.#isUtf8);
    if (!this.#validator.write(octets)) throw new ProtocolError("invalid-utf8");
  }

  #tooBig(): ProtocolError {
    return new ProtocolError("message-too-big", `limit ${this.maxMessageSize} octets`);
  }
}

function lacking(rest: number): RangeError {
  return new RangeError(`The frame lacks ${rest} octets`);
}
