import { describe, expect, test } from "vitest";
import { findRegressions, isFailure, type Report } from "../src/index.ts";
import { judgePeer } from "./peers/judge.ts";
import { PEERS, type Peer, runsSources } from "./peers/peers.ts";
import { ALL_ROWS, LONG_ROWS, PATIENCE, readResults } from "./support/ours.ts";

function peerOf(id: string): Peer {
  const peer = PEERS.find((known) => known.id === id);
  if (peer === undefined) throw new Error(`no peer ${id}`);
  return peer;
}

const failed = ({ results }: Report): string[] => results.filter(isFailure).map(({ id }) => id);
const withVerdict = ({ results }: Report, verdict: string): string[] =>
  results.flatMap((result) => (result.behavior === verdict ? [result.id] : []));

// What is known of ws 8.23.0 from the Autobahn suite itself, without its sections on compression.
describe.each(["ws-server", "ws-client"])("ws as the kit sees it: %s", (id) => {
  test("the verdicts are those of the Autobahn suite", { timeout: 300_000 }, async () => {
    const report = await judgePeer(peerOf(id), {
      cases: "1,2,3,4,5,6,7,9.1,9.2,9.3,9.4,10",
      timeout: PATIENCE,
    });
    expect(withVerdict(report, "NON-STRICT")).toEqual(["6.4.1", "6.4.2", "6.4.3", "6.4.4"]);
    expect(failed(report)).toEqual(["9.3.1", "9.3.2", "9.4.1", "9.4.2"]);
    expect(withVerdict(report, "INFORMATIONAL")).toEqual(["7.1.6", "7.13.1", "7.13.2"]);
  });

  test("what that suite does not ask: lengths in too many octets are taken", {
    timeout: 60_000,
  }, async () => {
    const report = await judgePeer(peerOf(id), { cases: "length.overlong", timeout: PATIENCE });
    expect(withVerdict(report, "NON-STRICT")).toHaveLength(7);
    expect(failed(report)).toEqual([]);
  });
});

// Some of those whose results are kept: compare.ts judges all.
const OTHERS = ["ws-server-deflate", "python-server", "chromium-client"];
/** Where some of them wait as long as they are let, or just take their time. */
const PATIENT = ["9.5", "9.6", "length.huge", "length.top-bit"];
/** Whether the echo of what came before a fault still gets out is a race in a browser: OK, or NON-STRICT. */
const RACES = ["3.2", "3.3", "3.4", "4.1.3", "4.1.4", "4.1.5", "4.2.3", "4.2.4", "4.2.5"];
/** Where it is the amount that counts: once, against a peer that is fast, is enough. */
const LARGE = ["9", "12", "13"];

// It is the peers that take their time: once is enough, with the Node that the work is done on.
const skip = !ALL_ROWS || !runsSources;
if (skip) console.warn(`skipped: ${OTHERS.join(", ")}, without PLYWS_REQUIRE_ALL=1 and the pinned Node`);

describe.skipIf(skip)("peers of other makers", () => {
  test.each(OTHERS)("%s is judged as it was", { timeout: 900_000 }, async (id) => {
    const exclude = [...LONG_ROWS, ...PATIENT, ...RACES, ...(id === "ws-server-deflate" ? [] : LARGE)];
    const report = await judgePeer(peerOf(id), { exclude, timeout: PATIENCE });
    expect(findRegressions([report], readResults(id))).toEqual([]);
  });
});
