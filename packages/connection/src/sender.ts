import { MAX_CONTROL_PAYLOAD, Opcode } from "@plyws/frame";
import { type DataOpcode, MessageAssembler } from "@plyws/message";
import { StateError } from "./errors.ts";
import { randomMaskingKey } from "./masking-key.ts";
import type { ConnectionOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { PreparedMessage } from "./prepared.ts";
import { Receiver } from "./receiver.ts";
import type { ConnectionState, Role } from "./state.ts";
import { createStringCodec, type TextCodec } from "./text.ts";
import { writeFrame, writeOctets, writeText } from "./writer.ts";

const EMPTY = new Uint8Array(0);
const stringCodec = createStringCodec();

/** The sending half of a connection, on top of the receiving one: messages and control frames in, octets out. */
export abstract class Sender<Text> extends Receiver<Text> {
  readonly role: Role;
  protected readonly outbox: Outbox;
  readonly #text: TextCodec<Text>;
  readonly #nextMaskingKey: () => number;
  /** Whether a message is being sent in fragments. */
  #fragmenting = false;

  protected constructor(options: ConnectionOptions<Text>, outbox: Outbox) {
    // Without a codec, Text is its default: string.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const text = options.text ?? (stringCodec as TextCodec<Text>);
    const { maxMessageSize, role } = options;
    super(role, text, new MessageAssembler({ maxMessageSize, isUtf8: text.isUtf8 }));
    this.role = role;
    this.outbox = outbox;
    this.#text = text;
    this.#nextMaskingKey = options.nextMaskingKey ?? randomMaskingKey;
  }

  abstract get state(): ConnectionState;

  /**
   * Sends a text message. A lone surrogate is sent as U+FFFD.
   *
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws TypeError when the data is not a string
   * @throws StateError while another message is being sent in fragments
   */
  sendText(data: string): boolean {
    if (!this.#mayBegin()) return false;
    writeText(this.outbox, data, this.#text, this.#key());
    return true;
  }

  /**
   * Sends a binary message. A server queues a payload of 16 KiB or more by reference: it must not change until the
   * outbox has written it. A client copies, since it masks.
   *
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws TypeError when the data is not octets: a string, an ArrayBuffer, an array
   * @throws StateError while another message is being sent in fragments
   */
  sendBinary(data: Uint8Array): boolean {
    if (!this.#mayBegin()) return false;
    writeFrame(this.outbox, Opcode.Binary, data, this.#key());
    return true;
  }

  /**
   * Sends a message that was encoded before.
   *
   * @returns whether it was queued: `false` when the connection is not open any more
   * @throws StateError while another message is being sent in fragments
   */
  sendPrepared({ opcode, payload, frame }: PreparedMessage): boolean {
    if (!this.#mayBegin()) return false;
    const key = this.#key();
    if (key === null) writeOctets(this.outbox, frame);
    else writeFrame(this.outbox, opcode, payload, key);
    return true;
  }

  /**
   * Sends one fragment of a message whose size need not be known (RFC 6455 section 5.4). No other message may be sent
   * before the last fragment; control frames may.
   *
   * @param opcode what the message is; the same for all its fragments
   * @param data as for {@link sendBinary}; of a text, its UTF-8, cut anywhere
   * @param last whether the message ends with it
   * @returns whether it was queued: `false` when the connection is not open any more
   */
  sendFragment(opcode: DataOpcode, data: Uint8Array, last: boolean): boolean {
    if (this.state !== "open") return false;
    writeFrame(this.outbox, this.#fragmenting ? Opcode.Continuation : opcode, data, this.#key(), last);
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
