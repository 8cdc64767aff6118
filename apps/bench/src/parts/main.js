// Measures all parts on the Node that runs this: `node --expose-gc main.js [milliseconds for each]`.
import { measure } from "mitata";
import { parts as connection } from "./connection.js";
import { parts as deflate } from "./deflate.js";
import { parts as frame } from "./frame.js";
import { parts as handshake } from "./handshake.js";
import { parts as message } from "./message.js";

const [milliseconds = "500"] = process.argv.slice(2);
// Each part takes a microsecond or more by itself: small batches are enough for the clock.
const options = { min_cpu_time: Number(milliseconds) * 1e6, batch_samples: 128 };

/** @type {import("./part.ts").PartResult[]} */
const results = [];
for (const { package: own, name, times, octets = null, run } of [
  ...frame,
  ...message,
  ...handshake,
  ...connection,
  ...deflate,
]) {
  const { p50, min } = await measure(run, options);
  results.push({ package: own, name, octets, median: p50 / times, fastest: min / times });
}
process.stdout.write(`${JSON.stringify({ results })}\n`);
