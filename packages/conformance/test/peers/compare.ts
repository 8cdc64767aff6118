// Judges the peers that this machine has, or those that are named, and keeps their verdicts in results/.
import { writeFileSync } from "node:fs";
import { countVerdicts, type Report, toBaseline, writeReports } from "../../src/index.ts";
import { judgePeer } from "./judge.ts";
import { PEERS } from "./peers.ts";

const wanted = process.argv.slice(2);
const reports: Report[] = [];
for (const peer of PEERS) {
  if (wanted.length > 0 && !wanted.includes(peer.id)) continue;
  if (peer.command() === null) {
    console.log(`skipped: ${peer.id} is not on this machine`);
    continue;
  }
  const report = await judgePeer(peer);
  reports.push(report);
  const { ok, nonStrict, informational, unimplemented, failed } = countVerdicts(report.results);
  const seconds = (report.duration / 1000).toFixed(0);
  console.log(
    `${peer.id} ${report.agent}: ${ok} OK, ${nonStrict} NON-STRICT, ${informational} INFORMATIONAL, ${unimplemented} UNIMPLEMENTED, ${failed} FAILED, ${seconds} s`,
  );
  const results = new URL(`results/${peer.id}.json`, import.meta.url);
  writeFileSync(results, `${JSON.stringify(toBaseline([report]), null, 2)}\n`);
}
console.log(writeReports("conformance-report", reports));
