import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  deflateRawSync,
  type InflateRaw,
  inflateRawSync,
} from "node:zlib";
import type { DeflateEngine } from "@plyws/permessage-deflate";
import { zlibEngine } from "@plyws/permessage-deflate/node";
import { portableEngine } from "@plyws/permessage-deflate/portable";

/** Deflates or inflates one message; of a large one, what is given may be only the end. */
export type Work = (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** One way to zlib; its work begins anew each time that it is asked for. */
export interface Way {
  readonly name: string;
  readonly asynchronous?: true;
  deflate(level: number): Work;
  inflate(): Work;
}

const finishFlush = constants.Z_SYNC_FLUSH;
const END = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

function overEngine(name: string, engine: DeflateEngine, keepContext: boolean): Way {
  return {
    name,
    deflate(level) {
      const deflater = engine.createDeflater({ windowBits: 15, level });
      return (message) => deflater.deflate(message, keepContext);
    },
    inflate() {
      const inflater = engine.createInflater({ windowBits: 15 });
      return (payload) => {
        inflater.write(payload, true);
        let output = inflater.read();
        while (inflater.pending) output = inflater.read();
        if (!keepContext) inflater.reset();
        return output;
      };
    },
  };
}

/** A call for each message. The window is no larger than the message needs, which makes small ones cheaper. */
const oneShot: Way = {
  name: "deflateRawSync",
  deflate: (level) => (message) => {
    const windowBits = Math.min(15, Math.max(9, Math.ceil(Math.log2(message.length + 262))));
    return deflateRawSync(message, { level, windowBits, finishFlush });
  },
  inflate: () => (payload) => inflateRawSync(Buffer.concat([payload, END]), { finishFlush }),
};

/** The only documented way to refer to earlier messages in a synchronous call: to hand over their last 32 KiB. */
const withDictionary: Way = {
  name: "deflateRawSync with a dictionary",
  deflate(level) {
    const dictionary = new Uint8Array(32_768).fill(0x20);
    return (message) => deflateRawSync(message, { level, dictionary, finishFlush });
  },
  inflate() {
    const dictionary = new Uint8Array(32_768).fill(0x20);
    return (payload) => inflateRawSync(Buffer.concat([payload, END]), { dictionary, finishFlush });
  },
};

/** Streams as they are meant to be used: asynchronous, on other threads. */
const streams: Way = {
  name: "streams",
  asynchronous: true,
  deflate: (level) => throughStream(createDeflateRaw({ level })),
  inflate() {
    const through = throughStream(createInflateRaw());
    return (payload) => through(Buffer.concat([payload, END]));
  },
};

function throughStream(stream: DeflateRaw | InflateRaw): Work {
  let chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return (message) =>
    new Promise((resolve) => {
      stream.write(message);
      stream.flush(constants.Z_SYNC_FLUSH, () => {
        resolve(Buffer.concat(chunks));
        chunks = [];
      });
    });
}

/** Each message alone: RFC 7692 section 7.1.1, no context takeover. */
export const ALONE: readonly Way[] = [
  overEngine("zlibEngine", zlibEngine(), false),
  oneShot,
  overEngine("portableEngine", portableEngine(), false),
];

/** Each message may refer to those before. */
export const IN_CONTEXT: readonly Way[] = [
  overEngine("zlibEngine", zlibEngine(), true),
  withDictionary,
  streams,
  overEngine("portableEngine", portableEngine(), true),
];
