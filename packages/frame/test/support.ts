import { decodeFrame, type Frame, ProtocolError } from "../src/index.ts";

/** The ProtocolError that a call throws; anything else that it does fails the test. */
export function faultOf(call: () => unknown): ProtocolError {
  try {
    call();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error("no ProtocolError was thrown");
}

/** What a row of a table expects of a ProtocolError. */
export function faultFields({ code, closeCode, section }: ProtocolError) {
  return { code, closeCode, section };
}

/** A frame that can be compared quickly: its payload in hexadecimal. */
export interface SeenFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: string;
}

export function seen(frame: Frame, masked: boolean): SeenFrame {
  return { ...frame, masked, payload: Buffer.from(frame.payload).toString("hex") };
}

export interface Outcome {
  readonly frames: readonly SeenFrame[];
  /** The fault that ended it; null when there was none. */
  readonly fault: ReturnType<typeof faultFields> | null;
}

/** Decodes a byte stream as a caller does: after every chunk, all frames that are whole by then. */
export function decodeStream(chunks: readonly Uint8Array[]): Outcome {
  const stream = Buffer.concat(chunks);
  const frames: SeenFrame[] = [];
  let at = 0;
  let received = 0;
  for (const chunk of chunks) {
    received += chunk.length;
    try {
      for (;;) {
        const found = decodeFrame(stream.subarray(0, received), at);
        if (found === null) break;
        frames.push(seen(found.frame, found.masked));
        at += found.size;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { frames, fault: faultFields(error) };
    }
  }
  return { frames, fault: null };
}

/** Takes the memory of an array away, as a transfer to a worker does. */
export function detach(octets: Uint8Array<ArrayBuffer>): void {
  structuredClone(octets.buffer, { transfer: [octets.buffer] });
}

/** The same octets at an odd offset of a larger buffer. */
export function inside(buffer: ArrayBufferLike, octets: Uint8Array): Uint8Array {
  const view = new Uint8Array(buffer, 3, octets.length);
  view.set(octets);
  return view;
}

/** A masking key as this package has it: a signed 32-bit integer, the first octet lowest. */
export function keyOf(octets: Uint8Array): number {
  return new DataView(octets.buffer, octets.byteOffset, 4).getInt32(0, true);
}
