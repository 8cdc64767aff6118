import { type FrameHeader, isControl, Opcode, ProtocolError } from "@plyws/frame";
import type { DataOpcode, Message, MessageAssembler } from "@plyws/message";
import { Chunks } from "./chunks.ts";
import type { MessageExtension } from "./extension.ts";
import { Flow } from "./flow.ts";
import { HeaderReader } from "./header-reader.ts";
import type { ApplyMask } from "./options.ts";
import type { Role } from "./state.ts";
import type { TextCodec } from "./text.ts";

/** To decode so many octets takes about as long as to look at a frame, or a few: see `frameBudget`. */
const DECODED_PER_FRAME = 8192;

/**
 * The receiving half of a connection: chunks of the byte stream in, messages and control frames out. It knows frames
 * and messages, but not the closing handshake: what follows from an event is decided by the subclass.
 */
export abstract class Receiver<Text> extends Flow {
  readonly #text: Pick<TextCodec<Text>, "decode">;
  readonly #applyMask: ApplyMask;
  readonly #assembler: MessageAssembler;
  protected readonly extension: MessageExtension | null;

  readonly #chunks = new Chunks();
  /** Whether somebody else refers to the chunk in hand. */
  #chunkKept = false;
  readonly #headers: HeaderReader;
  /** The frame in hand, from its header to the end of its payload. */
  readonly #header: FrameHeader;
  #inFrame = false;
  /** Whether more than its header was looked at: a frame that is held has not begun. */
  #begun = false;
  /** Octets of its payload that have not arrived yet, and the masking key for the first of them. */
  #rest = 0;
  #key = 0;
  /** Whether its message is put together, unless one is in progress: settled by `streaming` when the frame begins. */
  #whole = true;
  /** Whether the extension may have more to give of the piece that it was given. */
  #decoding = false;
  /** The payload of a control frame that was cut off by the end of a chunk. */
  #control: Uint8Array | null = null;

  #running = false;

  /**
   * Whether the messages to come are handed out in pieces as they arrive, through `piece` of the handler, instead of
   * whole: none, all, or with `"large"` those that may be larger than `maxMessageSize`, which are all that come in
   * fragments or encoded. It counts when a message begins. Such a message has no limit on its size, since nothing of it
   * is kept.
   */
  streaming: boolean | "large" = false;

  protected constructor(
    role: Role,
    text: Pick<TextCodec<Text>, "decode">,
    applyMask: ApplyMask,
    assembler: MessageAssembler,
    extension: MessageExtension | null,
  ) {
    super();
    this.#headers = new HeaderReader(role, extension?.rsv ?? 0);
    this.#header = this.#headers.header;
    this.#text = text;
    this.#applyMask = applyMask;
    this.#assembler = assembler;
    this.extension = extension;
  }

  protected abstract get reading(): boolean;
  protected abstract receivedText(data: Text): void;
  protected abstract receivedBinary(data: Uint8Array): void;
  protected abstract receivedPiece(opcode: DataOpcode, piece: Uint8Array, last: boolean): void;
  protected abstract receivedControl(opcode: Opcode, payload: Uint8Array): void;
  protected abstract receivedViolation(error: ProtocolError): void;
  /** A chunk was looked at to its end, and nothing here refers to it any more. */
  protected abstract spentChunk(chunk: Uint8Array): void;
  /** Every octet that was received has been looked at. */
  protected abstract receivedAll(): void;

  /** Whether octets are kept that were not looked at yet, because the connection is suspended or at work. */
  protected get unread(): boolean {
    return this.#running || this.#decoding || this.#emptyFrame() || !this.#chunks.isEmpty;
  }

  /** Whether a frame without payload has stood still. */
  #emptyFrame(): boolean {
    return this.#inFrame && this.#rest === 0;
  }

  /**
   * Takes the next octets of the stream, cut anywhere. The chunk belongs to the connection from now on: payloads are
   * unmasked in place, and handed out as views of it.
   *
   * @throws TypeError when the chunk is not octets: a string, an ArrayBuffer
   */
  receive(chunk: Uint8Array): void {
    // Anything else has no length or other elements, and would be ignored or misread silently.
    if (chunk.BYTES_PER_ELEMENT !== 1) throw new TypeError("A chunk is a Uint8Array");
    if (!this.reading || chunk.length === 0) return;
    this.#chunks.add(chunk);
    this.run();
  }

  /**
   * To be called by a handler that keeps octets that it was given: the chunk is not `spent` then, if they are a view of
   * it.
   */
  keepChunk(octets: Uint8Array): void {
    if (octets.buffer === this.#chunks.current.buffer) this.#chunkKept = true;
  }

  /** Drops what was received and not looked at, and the message in progress. */
  protected discard(): void {
    this.#chunks.clear();
    this.#inFrame = false;
    this.#headers.reset();
    this.#control = null;
    this.#decoding = false;
    this.#assembler.reset();
    this.extension?.dispose();
  }

  protected override get atMessage(): boolean {
    return this.#decoding || (this.#inFrame && !isControl(this.#header.opcode));
  }

  /** Looks at what was received, as far as it may. */
  protected override run(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.flowing && this.reading && (this.#decoding || this.#chunks.advance() || this.#emptyFrame()))
        this.#step();
    } finally {
      this.#running = false;
      this.#releaseChunk();
      if (!this.unread) this.receivedAll();
    }
  }

  #releaseChunk(): void {
    const chunk = this.#chunks.release();
    if (chunk === null) return;
    // What is being decoded is a view of it, too.
    const kept = this.#chunkKept || this.#decoding || this.#assembler.keeps(chunk.buffer);
    this.#chunkKept = false;
    if (!kept) this.spentChunk(chunk);
  }

  /** Handles one frame, or as much of it as is there. */
  #step(): void {
    this.spend(1);
    if (this.#decoding) return this.#decode();
    try {
      if (!this.#inFrame && !this.#readHeader()) return;
      if (this.held) return;
      if (!this.#begun) this.#begin();
    } catch (error) {
      return this.#failed(error);
    }
    const { opcode, payloadLength, fin, masked } = this.#header;
    const chunks = this.#chunks;
    const chunk = chunks.current;
    const start = chunks.at;
    if (start === chunk.length && payloadLength > 0) return;
    const end = Math.min(start + this.#rest, chunk.length);
    if (masked) this.#key = this.#applyMask(chunk, start, end, this.#key);
    chunks.at = end;
    this.#rest -= end - start;
    this.#inFrame = this.#rest > 0;

    const whole = end - start === payloadLength;
    if (isControl(opcode)) {
      const payload = whole ? chunk.subarray(start, end) : this.#collectControl(chunk, start, end);
      if (!this.#inFrame) this.receivedControl(opcode, payload);
    } else if (whole && fin && this.#whole && !this.#assembler.inProgress) {
      this.#message(opcode, chunk, start, end);
    } else {
      this.#assemble(chunk, start, end);
    }
  }

  /** Begins with the next frame. Returns false when its header is not complete. */
  #readHeader(): boolean {
    if (!this.#headers.read(this.#chunks)) return false;
    this.#rest = this.#header.payloadLength;
    this.#key = this.#header.maskingKey;
    this.#inFrame = true;
    this.#begun = false;
    return true;
  }

  /** The rules that need the frames before this one, and the form in which the message is wanted by now. */
  #begin(): void {
    this.#begun = true;
    const header = this.#header;
    this.#whole = this.streaming === "large" ? this.#isSmall() : !this.streaming;
    if (!isControl(header.opcode)) this.#assembler.check(header, this.#whole, header.rsv !== 0);
  }

  /** Whether the message that begins with this frame also ends with it, within the limit for all that can be told. */
  #isSmall(): boolean {
    const { fin, rsv, payloadLength } = this.#header;
    return fin && rsv === 0 && payloadLength <= this.#assembler.maxMessageSize;
  }

  #collectControl(chunk: Uint8Array, start: number, end: number): Uint8Array {
    const size = this.#header.payloadLength;
    this.#control ??= new Uint8Array(size);
    const payload = this.#control;
    payload.set(chunk.subarray(start, end), size - this.#rest - (end - start));
    if (!this.#inFrame) this.#control = null;
    return payload;
  }

  #assemble(chunk: Uint8Array, start: number, end: number): void {
    const assembler = this.#assembler;
    const piece = chunk.subarray(start, end);
    let message: Message | null = null;
    let keeping = true;
    let opcode: DataOpcode;
    try {
      // The first piece of a frame is told by what is still missing.
      if (this.#rest + piece.length === this.#header.payloadLength) {
        assembler.beginFrame(this.#header, this.#whole, this.#header.rsv !== 0);
      }
      keeping = assembler.keeping;
      opcode = assembler.opcode!;
      assembler.append(piece, true);
      if (assembler.encoded) return this.#beginDecoding(piece);
      if (!this.#inFrame) message = assembler.endFrame();
    } catch (error) {
      return this.#failed(error);
    }
    if (!keeping) this.receivedPiece(opcode, piece, message !== null);
    else if (message !== null) this.#deliver(message.opcode, message.payload, 0, message.payload.length);
  }

  #beginDecoding(piece: Uint8Array): void {
    this.extension!.decodePiece(this.#lasting(piece), !this.#inFrame && this.#header.fin);
    this.#decoding = true;
  }

  /** Octets that are there until they are decoded: whoever keeps a view of the chunk may also transfer its buffer. */
  #lasting(octets: Uint8Array): Uint8Array {
    return this.#chunkKept ? octets.slice() : octets;
  }

  #read(extension: MessageExtension): Uint8Array {
    const octets = extension.read();
    this.#decoding = extension.pending;
    this.spend(Math.trunc(octets.length / DECODED_PER_FRAME));
    return octets;
  }

  /** Handles some octets of what the extension makes of the piece in hand. */
  #decode(): void {
    const assembler = this.#assembler;
    const { keeping } = assembler;
    const opcode = assembler.opcode!;
    let octets: Uint8Array;
    let message: Message | null = null;
    try {
      octets = this.#read(this.extension!);
      assembler.appendDecoded(octets);
      if (!this.#decoding && !this.#inFrame) message = assembler.endFrame();
    } catch (error) {
      return this.#failed(error);
    }
    if (keeping) {
      if (message !== null) this.#deliver(opcode, message.payload, 0, message.payload.length);
    } else if (octets.length > 0 || message !== null) {
      // On loan from the extension.
      this.receivedPiece(opcode, octets.slice(), message !== null);
    }
  }

  /** A message in one frame that is there as a whole. */
  #message(opcode: Opcode, chunk: Uint8Array, start: number, end: number): void {
    if (this.#header.rsv === 0) return this.#deliver(opcode, chunk, start, end);
    const payload = chunk.subarray(start, end);
    const assembler = this.#assembler;
    const extension = this.extension!;
    let octets: Uint8Array;
    try {
      extension.decodePiece(this.#lasting(payload), true);
      octets = this.#read(extension);
      if (this.#decoding || octets.length > assembler.maxMessageSize) {
        // Few octets may become many, so they are decoded as those of a frame in pieces: step by step.
        assembler.beginFrame(this.#header, true, true);
        assembler.append(payload);
        assembler.appendDecoded(octets);
        return;
      }
    } catch (error) {
      return this.#failed(error);
    }
    // Most messages come out at once: they need not be put together.
    this.#deliver(opcode, octets.slice(), 0, octets.length);
  }

  #deliver(opcode: Opcode, octets: Uint8Array, start: number, end: number): void {
    if (opcode === Opcode.Binary) return this.receivedBinary(octets.subarray(start, end));
    const text = this.#text.decode(octets, start, end);
    // RFC 6455 section 8.1: a text that is not valid UTF-8 fails the connection.
    if (text === null) this.receivedViolation(new ProtocolError("invalid-utf8"));
    else this.receivedText(text);
  }

  #failed(error: unknown): void {
    if (!(error instanceof ProtocolError)) throw error;
    this.receivedViolation(error);
  }
}
