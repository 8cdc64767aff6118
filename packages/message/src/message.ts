import { type Frame, Opcode } from "@plyws/frame";

/** What a message can be (RFC 6455 section 5.6). */
export type DataOpcode = typeof Opcode.Text | typeof Opcode.Binary;

/** A whole message. The payload of a text is its UTF-8. */
export interface Message {
  readonly opcode: DataOpcode;
  readonly payload: Uint8Array;
}

/**
 * Cuts a message into frames of at most `maxFragmentSize` octets of payload (RFC 6455 section 5.4): one data frame and
 * as many continuation frames as it takes. The payloads are views of that of the message. A text may be cut inside a
 * code point, as the RFC allows.
 *
 * @param maxFragmentSize in octets, 1 or more
 * @throws RangeError when `maxFragmentSize` is not a positive integer
 *
 * @example
 * ```ts
 * for (const frame of fragment({ opcode: Opcode.Binary, payload }, 1024)) write(encodeFrame(frame));
 * ```
 */
export function fragment(message: Message, maxFragmentSize: number): Generator<Frame, void, undefined> {
  // Not in the generator: that would throw at the first frame only.
  if (!Number.isSafeInteger(maxFragmentSize) || maxFragmentSize < 1) {
    throw new RangeError(`maxFragmentSize is a positive integer, not ${maxFragmentSize}`);
  }
  return cut(message, maxFragmentSize);
}

function* cut(message: Message, maxFragmentSize: number): Generator<Frame, void, undefined> {
  const { payload } = message;
  let opcode: Opcode = message.opcode;
  let at = 0;
  do {
    const end = Math.min(at + maxFragmentSize, payload.length);
    yield { fin: end === payload.length, rsv: 0, opcode, payload: payload.subarray(at, end) };
    opcode = Opcode.Continuation;
    at = end;
  } while (at < payload.length);
}
