import { parseArgs } from "node:util";
import { type Measurement, measure } from "./load.ts";
import { printMemory } from "./memory.ts";
import { CONNECTIONS, SCENARIOS, SERVERS } from "./scenarios.ts";

const HELP = `Usage: npm run bench -- [options]
       npm run bench -- memory [options]

Compares the CPU time that an echo costs a server with that of ws, in turn and in the same run; or the memory that a
connection costs, with each setting of permessage-deflate.

Options:
  --runs <n>       how often each server runs each scenario; the median counts (default 3)
  --seconds <n>    how long a run is measured (default 2)
  --only <words>   only the scenarios whose name contains these words
  --connections <n>  of memory: how many are opened (default 10000)
  --help           show this
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: "string", default: "10000" },
    runs: { type: "string", default: "3" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}

if (positionals[0] === "memory") {
  await printMemory(Number(values.connections));
  process.exit();
}

const runs = Number(values.runs);
const duration = Number(values.seconds) * 1000;
if (!(Number.isInteger(runs) && runs > 0 && duration > 0)) {
  process.stderr.write("--runs and --seconds are numbers above 0\n");
  process.exit(2);
}

console.log(`Node ${process.versions.node}, ${CONNECTIONS} connections, median of ${runs} runs\n`);
console.log("| scenario | plyws, µs/message | ws, µs/message | times cheaper | plyws, messages/s |");
console.log("| --- | ---: | ---: | ---: | ---: |");
for (const scenario of SCENARIOS.filter(({ name }) => name.includes(values.only))) {
  const results: Record<(typeof SERVERS)[number], Measurement[]> = { plyws: [], ws: [] };
  for (let run = 0; run < runs; run++) {
    // In turn, so that whatever else the machine does meets both.
    for (const server of SERVERS) results[server].push(await measure(server, scenario, duration));
  }
  const ours = results.plyws.map(({ cpuPerMessage }) => cpuPerMessage);
  const theirs = results.ws.map(({ cpuPerMessage }) => cpuPerMessage);
  const ratio = median(ours.map((own, run) => theirs[run]! / own));
  const rate = median(results.plyws.map(({ messagesPerSecond }) => messagesPerSecond));
  const cells = [median(ours).toFixed(2), median(theirs).toFixed(2), ratio.toFixed(2), Math.round(rate)];
  console.log(`| ${scenario.name} | ${cells.join(" | ")} |`);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
