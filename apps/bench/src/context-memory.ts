// Prints how many KiB of memory one context takes: engine, direction and window bits are the arguments.
import type { DeflateEngine, Deflater, Inflater } from "@plyws/permessage-deflate";
import { zlibEngine } from "@plyws/permessage-deflate/node";
import { portableEngine } from "@plyws/permessage-deflate/portable";
import { makeJson } from "./json.js";

const [engineName, direction, bits] = process.argv.slice(2);
const engine: DeflateEngine = engineName === "portable" ? portableEngine() : zlibEngine();
const windowBits = Number(bits);
const CONTEXTS = 400;

// Larger than any window, three times: whatever is allocated as it is needed is allocated then.
const message = Buffer.from(makeJson(100_000, 1));
const payload = engine.createDeflater({ windowBits: 9, level: 3 }).deflate(message, false).slice(0, -4);

function fill(): Deflater | Inflater {
  if (direction === "deflate") {
    const deflater = engine.createDeflater({ windowBits, level: 3 });
    for (let time = 0; time < 3; time++) deflater.deflate(message, true);
    return deflater;
  }
  const inflater = engine.createInflater({ windowBits });
  for (let time = 0; time < 3; time++) {
    inflater.write(payload, true);
    while (inflater.pending) inflater.read();
  }
  return inflater;
}

fill().close();
globalThis.gc?.();
const before = process.memoryUsage().rss;
const contexts = Array.from({ length: CONTEXTS }, fill);
globalThis.gc?.();
const each = (process.memoryUsage().rss - before) / contexts.length / 1024;
process.stdout.write(each.toFixed(1));
