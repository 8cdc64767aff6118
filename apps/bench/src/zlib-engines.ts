// Prints the tables of @plyws/permessage-deflate: what the ways to zlib cost, and what contexts take.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { zlibEngine } from "@plyws/permessage-deflate/node";
import { makeJson } from "./json.js";
import { ALONE, IN_CONTEXT, type Way, type Work } from "./zlib-ways.ts";

const SIZES = [64, 1024, 16_384, 1_048_576];
const LEVEL = 3;
const ROUNDS = 5;

const messagesOf = (size: number): Uint8Array[] =>
  Array.from({ length: size > 100_000 ? 4 : 64 }, (_, seed) => Buffer.from(makeJson(size, seed)));

/** The same messages as a peer without context sends them. */
function payloadsOf(size: number): Uint8Array[] {
  const deflater = zlibEngine().createDeflater({ windowBits: 15, level: LEVEL });
  return messagesOf(size).map((message) => deflater.deflate(message, false).slice(0, -4));
}

interface Cost {
  /** CPU time of one message in microseconds, over all threads. */
  readonly cpu: number;
  /** Microseconds from the call to the result. */
  readonly latency: number;
}

/** The best of some rounds. */
async function cost(work: Work, messages: readonly Uint8Array[]): Promise<Cost> {
  const best = { cpu: Number.POSITIVE_INFINITY, latency: Number.POSITIVE_INFINITY };
  for (let count = messages.length, round = 0; round < ROUNDS; ) {
    const start = process.cpuUsage();
    const began = performance.now();
    for (let index = 0; index < count; index++) {
      const result = work(messages[index % messages.length]!);
      if (result instanceof Promise) await result;
    }
    const { user, system } = process.cpuUsage(start);
    // A round that is too short to be measured only tells how many more it takes.
    if (user + system < 30_000) count *= 2;
    else {
      best.cpu = Math.min(best.cpu, (user + system) / count);
      best.latency = Math.min(best.latency, ((performance.now() - began) * 1000) / count);
      round++;
    }
  }
  return best;
}

const print = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(" | ")} |`);

async function printCosts(title: string, ways: readonly Way[]): Promise<void> {
  console.log(`\n${title}, µs per message of JSON: deflate / inflate\n`);
  print(["", ...SIZES.map((size) => `${size} B`)]);
  print(["---", ...SIZES.map(() => "---:")]);
  for (const way of ways) {
    const cpu: string[] = [];
    const latency: string[] = [];
    for (const size of SIZES) {
      const deflate = await cost(way.deflate(LEVEL), messagesOf(size));
      const inflate = await cost(way.inflate(), payloadsOf(size));
      cpu.push(`${format(deflate.cpu)} / ${format(inflate.cpu)}`);
      latency.push(`${format(deflate.latency)} / ${format(inflate.latency)}`);
    }
    print([`${way.name}, CPU`, ...cpu]);
    // What is synchronous takes as long as it computes.
    if (way.asynchronous) print([`${way.name}, latency`, ...latency]);
  }
}

function format(microseconds: number): string {
  return microseconds < 10 ? microseconds.toFixed(1) : String(Math.round(microseconds));
}

async function printLevels(): Promise<void> {
  const sizes = [64, 128, 256, 512, 1024, 4096, 16_384];
  console.log("\nEach message alone: what is left of it, and CPU µs\n");
  print(["level", ...sizes.map((size) => `${size} B`)]);
  print(["---:", ...sizes.map(() => "---:")]);
  for (const level of [1, 3, 6, 9]) {
    const cells: string[] = [];
    for (const size of sizes) {
      const messages = messagesOf(size);
      const deflater = zlibEngine().createDeflater({ windowBits: 15, level });
      const left = messages.reduce((sum, message) => sum + deflater.deflate(message, false).length - 4, 0);
      const { cpu } = await cost((message) => deflater.deflate(message, false), messages);
      cells.push(`${Math.round((100 * left) / (size * messages.length))} %, ${format(cpu)}`);
    }
    print([level, ...cells]);
  }
}

function printMemory(): void {
  const program = fileURLToPath(new URL("context-memory.ts", import.meta.url));
  const measure = (...row: string[]): string =>
    spawnSync(process.execPath, ["--expose-gc", program, ...row], { encoding: "utf8" }).stdout;
  console.log("\nKiB of memory for a context with a full window\n");
  print(["window bits", "zlibEngine, deflater", "inflater", "portableEngine, deflater", "inflater"]);
  print(["---:", "---:", "---:", "---:", "---:"]);
  for (const bits of ["9", "10", "11", "12", "13", "14", "15"]) {
    const cells = ["node", "portable"].flatMap((engine) => [
      measure(engine, "deflate", bits),
      measure(engine, "inflate", bits),
    ]);
    print([bits, ...cells]);
  }
}

console.log(`Node ${process.versions.node}, zlib ${process.versions.zlib}, level ${LEVEL}`);
await printCosts("Each message alone", ALONE);
await printCosts("With context", IN_CONTEXT);
await printLevels();
printMemory();
