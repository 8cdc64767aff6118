import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { concat, integer, octets, seededRandom } from "@plyws/testkit";
import {
  ClientDeflate,
  type DeflateEngine,
  type DeflateOptions,
  type Deflater,
  type Inflater,
  type PermessageDeflate,
  ServerDeflate,
} from "../src/index.ts";
import { handleEngine } from "../src/node/engine.ts";
import { portableEngine } from "../src/portable/index.ts";

/** Everything that is said of engines holds for each of these. */
export const ENGINES: readonly (readonly [string, DeflateEngine])[] = [
  ["handles of node:zlib", handleEngine()],
  ["pako", portableEngine()],
];

/** RFC 7692 section 7.2.1: what is left out at the end of a message. */
const END = octets([0x00, 0x00, 0xff, 0xff]);

/** A message as an inflater takes it, without the 00 00 ff ff. */
export function deflated(deflater: Deflater, message: Uint8Array, keepContext = false): Uint8Array {
  const output = deflater.deflate(message, keepContext);
  if (!areEqual(output.subarray(-4), END)) throw new Error("The output does not end with 00 00 ff ff");
  return output.slice(0, -4);
}

/** A message in pieces, read to its end. */
export function inflated(inflater: Inflater, ...pieces: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [index, piece] of pieces.entries()) {
    inflater.write(piece, index === pieces.length - 1);
    while (inflater.pending) parts.push(readBounded(inflater));
  }
  return concat(...parts);
}

/** As {@link inflated}, for a connection. */
export function decoded(transform: PermessageDeflate, ...pieces: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [index, piece] of pieces.entries()) {
    transform.decodePiece(piece, index === pieces.length - 1);
    while (transform.pending) parts.push(readBounded(transform));
  }
  return concat(...parts);
}

function readBounded(from: { read(): Uint8Array }): Uint8Array {
  const output = from.read();
  if (output.length > 65_536) throw new Error(`Not bounded: ${output.length} octets`);
  return output.slice();
}

/** Both ends of a connection. */
export interface Ends {
  readonly client: PermessageDeflate;
  readonly server: PermessageDeflate;
}

/** Two ends that agreed on what the options say. */
export function agreed(engine: DeflateEngine, options: Omit<DeflateOptions, "engine"> = {}): Ends {
  const client = new ClientDeflate({ engine, ...options });
  const accepted = new ServerDeflate({ engine, ...options }).accept(client.offers);
  const end = accepted === null ? null : client.agree(accepted.extension);
  if (accepted === null || end === null) throw new Error("Nothing was agreed on");
  return { client: end, server: accepted.transform };
}

/** The zlib of Node, by its documented functions. */
export const reference = {
  deflate: (message: Uint8Array, windowBits = 15): Uint8Array =>
    new Uint8Array(deflateRawSync(message, { windowBits, finishFlush: constants.Z_SYNC_FLUSH })).slice(0, -4),
  inflate: (payload: Uint8Array, windowBits = 15): Uint8Array =>
    inflateRawSync(concat(payload, END), { windowBits, finishFlush: constants.Z_SYNC_FLUSH }),
};

export const areEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Octets that cannot be made smaller. */
export function noise(length: number, seed = 1): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => integer(random, 0, 255));
}

/** JSON as programs send it, of exactly so many octets. */
export function json(length: number, seed = 1): Uint8Array {
  const random = seededRandom(seed);
  let text = "";
  while (text.length < length) {
    const id = integer(random, 0, 2 ** 31);
    const tags = ["alpha", "beta", `t${id % 50}`];
    text += `${JSON.stringify({ id, name: `user${id % 1000}`, active: id % 2 === 0, tags, score: random() })},`;
  }
  return octets(text.slice(0, length));
}

/** Turns of the event loop, in which an error that was left behind would surface. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An engine that counts what is open. */
export function counting(engine: DeflateEngine): { engine: DeflateEngine; open: () => number } {
  const open = new Set<object>();
  const count = <Context extends { close(): void }>(context: Context): Context => {
    open.add(context);
    const close = context.close.bind(context);
    context.close = () => {
      open.delete(context);
      close();
    };
    return context;
  };
  return {
    engine: {
      minWindowBits: engine.minWindowBits,
      createDeflater: (options) => count(engine.createDeflater(options)),
      createInflater: (options) => count(engine.createInflater(options)),
    },
    open: () => open.size,
  };
}
