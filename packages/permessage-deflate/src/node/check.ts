import { ProtocolError } from "@plyws/frame";
import type { DeflateEngine, Inflater } from "../engine.ts";
import { Z_SYNC_FLUSH } from "../zlib/stream.ts";
import { openInflate } from "./handle.ts";

/**
 * Puts an engine over handles of `node:zlib` to the test, in a few milliseconds: whether they do what is expected. Each
 * check relies on those before it.
 */
export function works(engine: DeflateEngine): boolean {
  try {
    return runOnce() && goRound(engine) && stopAndRecover(engine);
  } catch {
    return false;
  }
}

/** RFC 7692 section 7.2.3.1 */
const HELLO = Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00);

/** The handle writes its numbers. Whoever waits for them to change would do so for ever. */
function runOnce(): boolean {
  const stream = openInflate(15);
  const output = new Uint8Array(64);
  stream.run(Z_SYNC_FLUSH, HELLO, 0, HELLO.length, output, 0, output.length);
  const { inputLeft, roomLeft, fault } = stream;
  stream.close();
  return inputLeft === 0 && roomLeft === output.length - 5 && fault === null;
}

const TEXT = Uint8Array.from("Hello, hello, hello!", (character) => character.charCodeAt(0));

/** The first message is larger than the room for output, the third refers to the second, the fourth to nothing. */
function goRound(engine: DeflateEngine): boolean {
  const deflater = engine.createDeflater({ windowBits: 15, level: 6 });
  const inflater = engine.createInflater({ windowBits: 15 });
  const round = (octets: Uint8Array, keepContext: boolean): number => {
    const deflated = deflater.deflate(octets, keepContext).slice(0, -4);
    return areEqual(inflate(inflater, deflated), octets) ? deflated.length : Number.NaN;
  };
  const sizes = [
    round(new Uint8Array(200_000), false),
    round(TEXT, true),
    round(TEXT, false),
    round(TEXT, true),
  ];
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
  const hello = inflate(inflater, HELLO);
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
