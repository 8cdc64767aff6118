/** The close code that answers a fault, the section with the rule, what it says, and its RFC unless that is 6455. */
type Fault = readonly [closeCode: number, section: string, text: string, rfc?: number];

/** What a peer can do wrong. */
const FAULTS = {
  "reserved-opcode": [1002, "5.2", "the opcode is reserved"],
  "reserved-bits": [1002, "5.2", "a reserved bit is set and no extension that uses it was negotiated"],
  "length-not-minimal": [1002, "5.2", "the payload length is not encoded in the fewest octets"],
  "length-top-bit": [1002, "5.2", "the most significant bit of the 64-bit payload length is set"],
  "length-unsafe": [1009, "5.2", "the payload length is above 2^53 - 1 octets"],
  "control-fragmented": [1002, "5.5", "a control frame is fragmented"],
  "control-too-long": [1002, "5.5", "a control frame has more than 125 octets of payload"],
  "mask-missing": [1002, "5.1", "a frame from a client is not masked"],
  "mask-unexpected": [1002, "5.1", "a frame from a server is masked"],
  "continuation-unexpected": [1002, "5.4", "a continuation frame arrived with no message to continue"],
  "continuation-expected": [1002, "5.4", "a new message began before the fragmented one was finished"],
  "too-many-fragments": [1008, "5.4", "a message has too many fragments without payload"],
  "message-too-big": [1009, "7.4.1", "a message is larger than the limit"],
  "invalid-utf8": [1007, "8.1", "a text message is not valid UTF-8"],
  "close-payload": [1002, "5.5.1", "the payload of a Close frame is a single octet"],
  "close-code": [1002, "7.4", "the close code must not be sent by a peer"],
  "close-reason": [1007, "5.5.1", "the reason of a Close frame is not valid UTF-8"],
  "invalid-deflate": [1007, "7.2.2", "the payload of a compressed message cannot be inflated", 7692],
} as const satisfies Record<string, Fault>;

/** Names what the peer did wrong: a closed set, safe to switch over. */
export type ProtocolErrorCode = keyof typeof FAULTS;

/**
 * The peer broke RFC 6455, or RFC 7692. Thrown by the stand-alone functions of this package; a connection turns it into a
 * Close frame and its close record instead.
 *
 * @example
 * ```ts
 * try {
 *   decodeHeader(octets, 0, header);
 * } catch (error) {
 *   if (error instanceof ProtocolError) console.log(error.code, error.closeCode); // "reserved-opcode" 1002
 * }
 * ```
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** What was wrong. */
  readonly code: ProtocolErrorCode;
  /** The close code that answers it: 1002, 1007, 1008 or 1009. */
  readonly closeCode: number;
  /** The RFC with the rule: 6455, or 7692 for what has to do with compression. */
  readonly rfc: number;
  /** The section of it that holds the rule, for instance "5.2". */
  readonly section: string;

  /** @param detail what was seen, appended to the message: "opcode 3". */
  constructor(code: ProtocolErrorCode, detail?: string) {
    const [closeCode, section, text, rfc = 6455]: Fault = FAULTS[code];
    super(`${text}${detail === undefined ? "" : `: ${detail}`} (RFC ${rfc} section ${section})`);
    this.code = code;
    this.closeCode = closeCode;
    this.rfc = rfc;
    this.section = section;
  }
}
