import { readFileSync } from "node:fs";
import { type Baseline, parseBaseline, type Report } from "../../src/index.ts";
import { runsSources } from "../peers/peers.ts";

/** Rows that take long are for where nothing may be left out. */
export const ALL_ROWS = process.env["PLYWS_REQUIRE_ALL"] === "1";

/** Peers that do what is right do it at once, unless the machine is busy. */
export const PATIENCE = 15_000;

/** Those of sections 12 and 13 with large messages, which differ from the others in little but time. */
export const LONG_ROWS: readonly string[] = Array.from({ length: 14 }, (_, i) => [
  `12.*.${i + 5}`,
  `13.*.${i + 5}`,
]).flat();

/** Cases that a quick run leaves out, which it says. */
export const leftOut: readonly string[] = [
  ...(ALL_ROWS ? [] : LONG_ROWS),
  // The HTTP parser of Node 20.19 takes blanks before a colon.
  ...(runsSources ? [] : ["hs.server.http.1"]),
];
if (!ALL_ROWS) console.warn("skipped: the long rows of sections 12 and 13, without PLYWS_REQUIRE_ALL=1");

/** The verdicts of an earlier run that are kept in the repository. */
export function readResults(peer: string): Baseline {
  return parseBaseline(readFileSync(new URL(`../peers/results/${peer}.json`, import.meta.url), "utf8"));
}

/** The verdicts of a report that are not what is strictly right, and why. */
export function imperfect({ results }: Report): string[] {
  return results
    .filter(({ behavior, behaviorClose }) => !(behavior === behaviorClose && isFine(behavior)))
    .map(({ id, behavior, behaviorClose, result }) => `${id} ${behavior} / ${behaviorClose}: ${result}`);
}

function isFine(behavior: string): boolean {
  return behavior === "OK" || behavior === "INFORMATIONAL";
}
