import { Connection, OctetQueue, type Role } from "@plyws/connection";
import { describe, expect, test } from "vitest";
import { findRegressions, type Report } from "../src/index.ts";
import { type Codec, type CodecWire, runCodec } from "../src/pure/index.ts";
import { judgePeer } from "./peers/judge.ts";
import { PEERS } from "./peers/peers.ts";
import { imperfect, leftOut, PATIENCE, readResults } from "./support/ours.ts";

const MIB = 2 ** 20;
const INFORMATIONAL = ["7.1.6", "7.13.1", "7.13.2", "timing.7"];

const idsOf = ({ results }: Report, behavior: string): string[] =>
  results.flatMap((result) => (result.behavior === behavior ? [result.id] : []));

describe.each(["plyws-server", "plyws-client"])("our %s", (id) => {
  test("passes every case, and none is worse than it was", { timeout: 300_000 }, async () => {
    const peer = PEERS.find((known) => known.id === id);
    if (peer === undefined) throw new Error(`no peer ${id}`);
    const report = await judgePeer(peer, { exclude: leftOut, timeout: PATIENCE });
    expect(imperfect(report)).toEqual([]);
    expect(
      idsOf(report, "INFORMATIONAL").filter((info) => !/^(?:hs\.server\.http|pmd\.bomb)/.test(info)),
    ).toEqual(INFORMATIONAL);
    expect(findRegressions([report], readResults(id))).toEqual([]);
    expect(report.results.length).toBeGreaterThan(500);
  });
});

/** All that it does it does at once. */
const settle = (): Promise<void> => Promise.resolve();

/** Our state machine as an endpoint that echoes. */
function echo(role: Role, wire: CodecWire): Codec {
  const outbox = new OctetQueue();
  const flush = (): void => {
    for (const octets of outbox.take()) wire.write(octets);
    if (outbox.ended) wire.end();
  };
  const connection: Connection = new Connection(
    { role, maxMessageSize: 32 * MIB },
    {
      text: (data) => void connection.sendText(data),
      binary: (data) => void connection.sendBinary(data),
      closed: () => {},
    },
    outbox,
  );
  return {
    receive(octets) {
      connection.receive(octets);
      flush();
    },
    receiveEnd() {
      connection.receiveEnd();
      flush();
    },
  };
}

describe.each(["server", "client"] as const)("our state machine as a %s, without a socket", (role) => {
  test("passes every case that needs none", { timeout: 120_000 }, async () => {
    const report = await runCodec({ role, create: (wire) => echo(role, wire), settle });
    expect(imperfect(report)).toEqual([]);
    expect(idsOf(report, "INFORMATIONAL")).toEqual(INFORMATIONAL);
    expect(idsOf(report, "UNIMPLEMENTED")).toEqual([]);
    expect(report.results.length).toBeGreaterThan(400);
  });
});
