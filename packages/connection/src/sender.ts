import { applyMask, MAX_CONTROL_PAYLOAD, Opcode } from "@plyws/frame";
import { type DataOpcode, MessageAssembler } from "@plyws/message";
import { StateError } from "./errors.ts";
import { randomMaskingKey } from "./masking-key.ts";
import type { ConnectionOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { PreparedForm, PreparedMessage } from "./prepared.ts";
import { Receiver } from "./receiver.ts";
import type { ConnectionState, Role } from "./state.ts";
import { createStringCodec, type TextCodec } from "./text.ts";
import { checkOctets, writeFrame, writeLoan, writeText } from "./writer.ts";

const EMPTY = new Uint8Array(0);
const stringCodec = createStringCodec();

/** The sending half of a connection, on top of the receiving one: messages and control frames in, octets out. */
export abstract class Sender<Text> extends Receiver<Text> {
  readonly role: Role;
  protected readonly outbox: Outbox;
  readonly #text: TextCodec<Text>;
  readonly #nextMaskingKey: () => number;
  /** Whether a message is being sent in fragments, and whether the extension encodes them. */
  #fragmenting = false;
  #encoding = false;

  protected constructor(options: ConnectionOptions<Text>, outbox: Outbox) {
    // Without a codec, Text is its default: string.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const text = options.text ?? (stringCodec as TextCodec<Text>);
    const { maxMessageSize, allocate, role, extension = null } = options;
    const assembler = new MessageAssembler({ maxMessageSize, allocate, isUtf8: text.isUtf8 });
    super(role, text, options.applyMask ?? applyMask, assembler, extension);
    this.role = role;
    this.outbox = outbox;
    this.#text = text;
    this.#nextMaskingKey = options.nextMaskingKey ?? randomMaskingKey;
  }

  abstract get state(): ConnectionState;

  /**
   * Sends a text message. A lone surrogate is sent as U+FFFD.
   *
   * @param encode whether the extension is to encode it, if there is one. Default: as it finds suitable
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws TypeError when the data is not a string
   * @throws StateError while another message is being sent in fragments
   */
  sendText(data: string, encode?: boolean): boolean {
    if (!this.#mayBegin()) return false;
    // A code unit becomes at most three octets: most short texts need not be encoded to know that they are short.
    if (this.extension !== null && typeof data === "string" && this.#wants(data.length * 3, encode)) {
      this.#send(Opcode.Text, this.#text.encode(data), encode, true);
    } else writeText(this.outbox, data, this.#text, this.#key());
    return true;
  }

  /**
   * Sends a binary message. A server queues a payload of 16 KiB or more by reference: it must not change until the
   * outbox has written it. A client copies, since it masks.
   *
   * @param encode as for {@link sendText}
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws TypeError when the data is not octets: a string, an ArrayBuffer, an array
   * @throws StateError while another message is being sent in fragments
   */
  sendBinary(data: Uint8Array, encode?: boolean): boolean {
    if (!this.#mayBegin()) return false;
    this.#send(Opcode.Binary, data, encode, false);
    return true;
  }

  /**
   * Sends a message that was prepared before.
   *
   * @param encode as for {@link sendText}. Default: as the message says
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws StateError while another message is being sent in fragments
   */
  sendPrepared(message: PreparedMessage, encode = message.encode): boolean {
    if (!this.#mayBegin()) return false;
    const { extension } = this;
    if (extension === null || !this.#wants(message.payload.length, encode)) this.#sendForm(message);
    else if (extension.sharedForm === null) this.#send(message.opcode, message.payload, true, false);
    else this.#sendForm(message.encoded(extension, extension.sharedForm));
    return true;
  }

  /**
   * Sends one fragment of a message whose size need not be known (RFC 6455 section 5.4). No other message may be sent
   * before the last fragment; control frames may.
   *
   * @param opcode what the message is; the same for all its fragments
   * @param data as for {@link sendBinary}; of a text, its UTF-8, cut anywhere
   * @param last whether the message ends with it
   * @param encode whether the extension is to encode the message, if there is one: decided with the first fragment.
   * Default false, since nobody can tell how large the message will be
   * @returns whether it was queued: `false` when the connection is not open any more
   */
  sendFragment(opcode: DataOpcode, data: Uint8Array, last: boolean, encode = false): boolean {
    if (this.state !== "open") return false;
    const first = !this.#fragmenting;
    if (first) this.#encoding = encode && this.extension !== null;
    const fragment = first ? opcode : Opcode.Continuation;
    if (this.#encoding) {
      checkOctets(data);
      // RFC 7692 section 6: the bit is set on the first fragment alone.
      const rsv = first ? this.extension!.rsv : 0;
      writeLoan(this.outbox, fragment, this.extension!.encodePiece(data, last), this.#key(), last, rsv);
    } else writeFrame(this.outbox, fragment, data, this.#key(), last);
    this.#fragmenting = !last;
    return true;
  }

  /**
   * Sends a Ping (RFC 6455 section 5.5.2). The payload is copied.
   *
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws RangeError when the payload is longer than 125 octets
   * @throws TypeError when the payload is not octets
   */
  ping(payload: Uint8Array = EMPTY): boolean {
    return this.state === "open" && this.writeControl(Opcode.Ping, payload);
  }

  /**
   * Sends a Pong that nobody asked for (RFC 6455 section 5.5.3). Those that answer a Ping are sent by themselves.
   *
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws RangeError when the payload is longer than 125 octets
   * @throws TypeError when the payload is not octets
   */
  pong(payload: Uint8Array = EMPTY): boolean {
    return this.state === "open" && this.writeControl(Opcode.Pong, payload);
  }

  /** Queues a control frame, whatever the state. */
  protected writeControl(opcode: Opcode, payload: Uint8Array): true {
    if (payload.length > MAX_CONTROL_PAYLOAD) {
      throw new RangeError(`A control frame holds at most 125 octets, not ${payload.length}`);
    }
    writeFrame(this.outbox, opcode, payload, this.#key());
    return true;
  }

  /** Whether the extension is to encode a message of so many octets. */
  #wants(size: number, encode: boolean | undefined): boolean {
    return encode ?? this.extension!.suits(size);
  }

  /** Sends a message, encoded if that is wanted. `owned`: whether the payload may be masked in place and kept. */
  #send(opcode: DataOpcode, payload: Uint8Array, encode: boolean | undefined, owned: boolean): void {
    const { extension } = this;
    let encoded: Uint8Array | null = null;
    if (extension !== null && this.#wants(payload.length, encode)) {
      checkOctets(payload);
      encoded = extension.encodeMessage(payload);
    }
    if (encoded === null) writeFrame(this.outbox, opcode, payload, this.#key(), true, owned);
    else writeLoan(this.outbox, opcode, encoded, this.#key(), true, extension!.rsv);
  }

  #sendForm({ opcode, payload, frame, rsv }: PreparedForm): void {
    const key = this.#key();
    if (key === null) this.outbox.attach(frame);
    else writeFrame(this.outbox, opcode, payload, key, true, false, rsv);
  }

  /** Whether a message may begin now. */
  #mayBegin(): boolean {
    // RFC 6455 section 5.4: "fragments of one message MUST NOT be interleaved between the fragments of another".
    if (this.#fragmenting && this.state === "open")
      throw new StateError("A message is being sent in fragments");
    return this.state === "open";
  }

  #key(): number | null {
    // RFC 6455 section 5.3: a client masks every frame, each with a fresh key.
    return this.role === "client" ? this.#nextMaskingKey() : null;
  }
}
