import { describe, expect, onTestFinished, test } from "vitest";
import { run } from "../src/index.ts";
import { type CaseResult, isFailure, runCodec } from "../src/pure/index.ts";
import { seeded } from "../src/wire/octets.ts";
import { startBroken } from "./support/broken-server.ts";
import { EchoCodec } from "./support/echo-codec.ts";
import type { CodecFault, HandshakeFault } from "./support/faults.ts";
import { shortened } from "./support/ids.ts";

/** A server with faults, and the cases that have to find them: those of the snapshot, which has all, at the least. */
type Row<Fault> = readonly [faults: readonly Fault[], found: readonly string[]];

/** All that this codec does it does at once. */
const settle = (): Promise<void> => Promise.resolve();

// These find what others find too, in more time.
const EXCLUDED = "9,utf8.late";

const CODECS: readonly Row<CodecFault>[] = [
  [["takes-unmasked-frames"], ["mask.server.1", "mask.server.6"]],
  [["does-not-unmask"], ["1.1.2", "2.2", "mask.server.10"]],
  [["restarts-the-key"], ["1.1.8", "2.6", "cut.1"]],
  [["masks-its-frames"], ["1.1.1", "2.1", "7.3.1"]],
  [["writes-overlong-lengths"], ["1.1.1", "2.1"]],
  [["writes-126-in-7-bits"], ["1.1.3", "cut.3"]],
  [["sets-rsv2"], ["1.1.1", "2.1"]],
  [["takes-overlong-lengths"], ["length.overlong.1", "length.overlong.10"]],
  [["reads-32-bits-of-lengths"], ["length.top-bit.1", "length.huge.3", "length.huge.6"]],
  [["loses-split-headers"], ["2.6", "cut.1", "cut.2"]],
  [["ignores-reserved-opcodes"], ["4.1.1", "4.2.5"]],
  [["ignores-reserved-bits"], ["3.1", "3.6"]],
  [["takes-fragmented-control-frames"], ["5.1", "close.frame.1"]],
  [["takes-long-control-frames"], ["2.5", "7.3.6"]],
  [["takes-messages-in-messages"], ["5.18"]],
  [["takes-lone-continuations"], ["5.9", "5.17"]],
  [["forgets-the-first-fragment"], ["5.3", "10.1.1", "content.10"]],
  [["turns-fragments-round"], ["5.3", "5.19", "content.10"]],
  [["echoes-fragments"], ["5.3", "6.1.2", "10.1.1"]],
  [["never-checks-text"], ["6.3.1", "6.20.1", "bom.8"]],
  [["checks-text-per-message"], ["6.4.1", "6.4.3", "utf8.early.1"]],
  [["checks-text-per-frame"], ["6.4.3", "6.4.4", "utf8.early.1"]],
  [["checks-fragments-alone"], ["6.2.3", "6.2.4", "utf8.edge.3"]],
  [["takes-cut-characters"], ["6.6.1", "6.14.6", "utf8.edge.1"]],
  [["surrogates"], ["6.20.1", "6.21.8"]],
  [["overlong"], ["6.17.1", "6.19.3"]],
  [["beyond"], ["6.11.5", "6.4.1"]],
  [
    ["long-forms", "beyond", "overlong"],
    ["6.8.1", "6.8.2", "6.10.3"],
  ],
  [["fails-text-with-1002"], ["6.3.1", "6.20.1"]],
  [["swallows-byte-order-marks"], ["bom.1", "bom.2"]],
  [["stops-text-at-nul"], ["6.7.1", "content.17"]],
  [["turns-octets-above-7f"], ["1.2.2", "content.1"]],
  [["cuts-at-64-kib"], ["1.1.7", "1.2.7", "content.9"]],
  [["drops-empty-messages"], ["1.1.1", "6.1.1"]],
  [["echoes-all-as-text"], ["1.2.1", "content.1"]],
  [["echoes-all-as-binary"], ["1.1.1", "6.5.1"]],
  [["echoes-twice"], ["1.1.1", "7.1.1"]],
  [["greets"], ["1.1.1", "2.1", "7.3.1"]],
  [["never-answers-pings"], ["2.1", "2.11"]],
  [["answers-pings-emptily"], ["2.2", "2.11"]],
  [["answers-pings-late"], ["5.6", "5.19"]],
  [["answers-pings-with-text"], ["2.1"]],
  [["answers-pongs"], ["2.7", "2.8"]],
  [["takes-closes-of-one-octet"], ["7.3.2"]],
  [["takes-any-close-code"], ["7.9.1", "close.code.1015", "close.code.5000"]],
  [["knows-only-the-rfc"], ["close.code.1012", "close.code.1014"]],
  [["never-checks-reasons"], ["7.5.1", "close.reason.5"]],
  [["never-answers-close"], ["7.1.1", "7.3.1"]],
  [["answers-close-by-the-end"], ["7.3.1", "timing.1"]],
  [["answers-close-with-1011"], ["7.3.1", "7.7.1"]],
  [["echoes-after-close"], ["7.1.4"]],
  [["sends-after-close"], ["7.3.1"]],
  [["never-ends-tcp"], ["1.1.1", "7.3.1"]],
  [["fails-with-1000"], ["3.1", "6.3.1", "7.9.1"]],
  [["ignores-the-end"], ["timing.2", "timing.4"]],
];

const SERVERS: readonly Row<CodecFault | HandshakeFault>[] = [
  [["says-200"], ["hs.server.accept.1"]],
  [["leaves-out-upgrade"], ["hs.server.accept.1"]],
  [["writes-a-wrong-accept"], ["hs.server.accept.1", "hs.server.accept.2"]],
  [["writes-the-accept-in-lower-case"], ["hs.server.accept.2"]],
  [["names-a-subprotocol-of-its-own"], ["hs.server.accept.1"]],
  [["names-an-extension-of-its-own"], ["hs.server.accept.1"]],
  [["takes-any-method"], ["hs.server.refuse.15", "hs.server.refuse.16"]],
  [["takes-http-1.0"], ["hs.server.refuse.17"]],
  [["takes-requests-without-host"], ["hs.server.refuse.18"]],
  [["takes-any-key"], ["hs.server.refuse.1", "hs.server.refuse.5"]],
  [["takes-any-version"], ["hs.server.version.2", "hs.server.refuse.8"]],
  [["refuses-versions-with-400"], ["hs.server.version.2"]],
  [["compares-names-with-case"], ["hs.server.accept.3", "hs.server.accept.4"]],
  [["wants-connection-alone"], ["hs.server.accept.5", "hs.server.accept.7"]],
  [["wants-the-head-at-once"], ["hs.server.accept.9"]],
  [["loses-early-frames"], ["hs.server.accept.13"]],
  [["takes-unknown-parameters"], ["pmd.offer.19", "pmd.offer.22"]],
  [["refuses-what-it-does-not-know"], ["hs.server.extension.1", "pmd.offer.16"]],
  [["ignores-the-window"], ["13.3.10"]],
  [["keeps-the-context"], ["13.2.5"]],
  [["forgets-the-context"], ["pmd.data.2"]],
  [["takes-rsv1-on-control-frames"], ["rsv.1", "rsv.3"]],
  [["ignores-corrupt-data"], ["pmd.corrupt.1"]],
  [["checks-only-plain-text"], ["pmd.utf8.1"]],
];

const notable = (results: readonly CaseResult[]): CaseResult[] =>
  results.filter((result) => isFailure(result) || ["NON-STRICT", "UNIMPLEMENTED"].includes(result.behavior));

/** All cases that found something, for the snapshot. */
function describeFound(results: readonly CaseResult[]): string {
  const failed = results.filter(isFailure).map(({ id }) => id);
  const others = notable(results).filter((result) => !isFailure(result));
  const lines = failed.length > 0 ? [`FAILED ${shortened(failed)}`] : [];
  for (const verdict of ["NON-STRICT", "UNIMPLEMENTED"]) {
    const ids = others.flatMap(({ id, behavior }) => (behavior === verdict ? [id] : []));
    if (ids.length > 0) lines.push(`${verdict} ${shortened(ids)}`);
  }
  return lines.join("\n");
}

async function judgeServerWith(
  faults: readonly (CodecFault | HandshakeFault)[],
  cases?: string,
): Promise<readonly CaseResult[]> {
  const { url, close } = await startBroken(faults);
  onTestFinished(close);
  const { results } = await run({ url, agent: "broken", cases, timeout: 5000, concurrency: 16 });
  return results;
}

describe("a codec", () => {
  test("without faults passes every case", { timeout: 60_000 }, async () => {
    // The codec is written for being broken, not for speed.
    const exclude = "9.3,9.4,9.5,9.6";
    const { results } = await runCodec({ role: "server", create: (wire) => new EchoCodec(wire), exclude });
    expect(describeFound(results)).toBe("");
  });

  test.each(CODECS)("that %j is found by the cases that are about it", async (faults, found) => {
    const create = (wire: ConstructorParameters<typeof EchoCodec>[0]) => new EchoCodec(wire, faults);
    const { results } = await runCodec({
      role: "server",
      create,
      exclude: EXCLUDED,
      settle,
      random: seeded(1),
    });
    expect(notable(results).map(({ id }) => id)).toEqual(expect.arrayContaining([...found]));
    expect(describeFound(results)).toMatchSnapshot();
  });
});

// What these servers do wrong is found here or nowhere.
const HANDSHAKE = "hs.*,pmd.*,rsv.*,13.2.5,13.3.10,1.1.1";

describe("a server", () => {
  test("without faults passes every case", { timeout: 60_000 }, async () => {
    expect(describeFound(await judgeServerWith([], `${HANDSHAKE},13.*.1`))).toBe("");
  });

  test.each(SERVERS)(
    "that %j is found by the cases that are about it",
    { timeout: 60_000 },
    async (faults, found) => {
      const results = await judgeServerWith(faults, HANDSHAKE);
      expect(notable(results).map(({ id }) => id)).toEqual(expect.arrayContaining([...found]));
      expect(describeFound(results)).toMatchSnapshot();
    },
  );
});
