import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { Compression, DeflateParameters, DirectionParameters } from "./compression.ts";
import { concat } from "./octets.ts";

const MAX_INFLATED = 0x1000_0000;
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);
const NOTHING = new Uint8Array();
// zlib cannot write a raw stream for a window of 256 octets.
const SMALLEST_OUT = 9;

/**
 * permessage-deflate as the kit does it (RFC 7692 section 7.2), message by message: the last octets of one message are
 * the dictionary of the next, so that no stream has to be kept and everything is done at once.
 */
export class Deflate implements Compression {
  readonly #out: DirectionParameters;
  readonly #in: DirectionParameters;
  #sent: Uint8Array = NOTHING;
  #received: Uint8Array = NOTHING;

  constructor({ client, server }: DeflateParameters, kit: "client" | "server") {
    [this.#out, this.#in] = kit === "client" ? [client, server] : [server, client];
  }

  compress(payload: Uint8Array): Uint8Array {
    const { windowBits, takeover } = this.#out;
    const compressed = deflateRawSync(payload, {
      ...dictionary(this.#sent),
      windowBits: Math.max(SMALLEST_OUT, windowBits),
      // The fastest: it is the peer whose compression is judged.
      level: 1,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    // With a window that zlib cannot keep to, every message stands alone.
    if (takeover && windowBits >= SMALLEST_OUT) this.#sent = slide(this.#sent, payload, windowBits);
    // RFC 7692 section 7.2.1: the empty block at the end is left out.
    return compressed.length < 5 ? Uint8Array.of(0) : compressed.subarray(0, -4);
  }

  decompress(payload: Uint8Array): Uint8Array {
    const { windowBits, takeover } = this.#in;
    const parts: Uint8Array[] = [];
    let window = this.#received;
    // A block may be marked as the last one and be followed by others (RFC 7692 section 7.2.3.4).
    for (let rest = concat(payload, TAIL), consumed = 1; rest.length > 0 && consumed > 0; ) {
      const inflated = inflate(rest, windowBits, window);
      parts.push(inflated.buffer);
      window = slide(window, inflated.buffer, windowBits);
      consumed = inflated.engine.bytesWritten;
      rest = rest.subarray(consumed);
    }
    if (takeover) this.#received = window;
    return parts.length === 1 ? (parts[0] ?? NOTHING) : concat(...parts);
  }
}

const dictionary = (window: Uint8Array): { dictionary?: Uint8Array } =>
  window.length === 0 ? {} : { dictionary: window };

/** The window after these octets. */
function slide(window: Uint8Array, octets: Uint8Array, bits: number): Uint8Array {
  const whole = octets.length >= 2 ** bits ? octets : concat(window, octets);
  return whole.slice(Math.max(0, whole.length - 2 ** bits));
}

interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function inflate(octets: Uint8Array, windowBits: number, window: Uint8Array): Inflated {
  const options = {
    ...dictionary(window),
    windowBits,
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: MAX_INFLATED,
    info: true,
  };
  // With `info` the result is the buffer together with its engine, which the declarations do not say.
  const inflated: unknown = inflateRawSync(octets, options);
  if (!isInflated(inflated)) throw new TypeError("zlib of this Node does not tell how much it has read");
  return inflated;
}

function isInflated(value: unknown): value is Inflated {
  return typeof value === "object" && value !== null && "buffer" in value && "engine" in value;
}
