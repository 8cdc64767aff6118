import { ProtocolError } from "@plyws/frame";
import type { DeflateEngine, Inflater } from "../engine.ts";

/** Puts an engine over handles of `node:zlib` to the test, in about a millisecond: whether they do what is expected. */
export function works(engine: DeflateEngine): boolean {
  try {
    return goRound(engine) && stopAndRecover(engine);
  } catch {
    return false;
  }
}

/** More than fits into the room for output, and then small enough for the first message to be in the window. */
const ZEROS = new Uint8Array(200_000);
const TEXT = Uint8Array.from("Hello, hello, hello!", (character) => character.charCodeAt(0));

/** The third message refers to the second, the fourth to nothing. */
function goRound(engine: DeflateEngine): boolean {
  const deflater = engine.createDeflater({ windowBits: 15, level: 6 });
  const inflater = engine.createInflater({ windowBits: 15 });
  const round = (octets: Uint8Array, keepContext: boolean): number => {
    const deflated = deflater.deflate(octets, keepContext).slice(0, -4);
    return areEqual(inflate(inflater, deflated), octets) ? deflated.length : Number.NaN;
  };
  const sizes = [round(ZEROS, false), round(TEXT, true), round(TEXT, false), round(TEXT, true)];
  deflater.close();
  inflater.close();
  const [zeros = 0, first = 0, second = 0, third = 0] = sizes;
  return zeros > 0 && second < first && third === first;
}

/** A type of block that is reserved is found at once, and a reset makes up for it. */
function stopAndRecover(engine: DeflateEngine): boolean {
  const inflater = engine.createInflater({ windowBits: 15 });
  let found = false;
  try {
    inflate(inflater, Uint8Array.of(0x07));
  } catch (error) {
    found = error instanceof ProtocolError;
  }
  inflater.reset();
  // RFC 7692 section 7.2.3.1
  const hello = inflate(inflater, Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00));
  inflater.close();
  return found && areEqual(hello, TEXT.subarray(0, 5));
}

function inflate(inflater: Inflater, octets: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  inflater.write(octets, true);
  while (inflater.pending) parts.push(inflater.read().slice());
  return Buffer.concat(parts);
}

const areEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
