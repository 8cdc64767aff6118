import {
  type Codec,
  type CodecWire,
  codecCases,
  isFailure,
  type Report,
  runCodec,
} from "@plyws/conformance/pure";
import { Connection, OctetQueue } from "@plyws/connection";
import { seededRandom } from "@plyws/testkit";
import type { Check } from "../harness/check.ts";
import type { Suite } from "../harness/suite.ts";

const ROLES = ["server", "client"] as const;
/** All that these codecs do they do at once. */
const settle = (): Promise<void> => Promise.resolve();
/** Those where it is the amount that counts, in series of thousands of fragments: they hold for every runtime alike. */
const LARGE = ["9"];

/** An endpoint that echoes. */
function echo(role: (typeof ROLES)[number], wire: CodecWire): Codec {
  const outbox = new OctetQueue();
  const flush = (): void => {
    for (const octets of outbox.take()) wire.write(octets);
    if (outbox.ended) wire.end();
  };
  const connection: Connection = new Connection(
    { role, maxMessageSize: 2 ** 25 },
    {
      text: (data) => void connection.sendText(data),
      binary: (data) => void connection.sendBinary(data),
      closed() {},
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

const failed = ({ results }: Report): string[] => results.filter(isFailure).map(({ id }) => id);
const random = (): (() => number) => {
  const next = seededRandom(3);
  return () => Math.floor(next() * 2 ** 32);
};

async function good(check: Check): Promise<void> {
  for (const role of ROLES) {
    const report = await runCodec({
      role,
      create: (wire) => echo(role, wire),
      settle,
      random: random(),
      exclude: LARGE,
    });
    for (const { id, behavior, behaviorClose, result } of report.results) {
      const verdict =
        behavior === "INFORMATIONAL" || behavior === "OK" ? [] : [behavior, behaviorClose, result];
      check.equal(`${id} as a ${role}`, verdict, []);
    }
    check.equal(`cases of a ${role}`, report.results.length > 350, true);
  }
}

/** With the turns of the event loop, and the random numbers, that the runtime has. */
async function defaults(check: Check): Promise<void> {
  const seen: string[] = [];
  const report = await runCodec({
    role: "server",
    create: (wire) => echo("server", wire),
    cases: "2.1,5.3,7.1.1",
    agent: "ours",
    onResult: ({ id }) => seen.push(id),
  });
  check.equal("which cases", seen, ["2.1", "5.3", "7.1.1"]);
  check.equal("none fails", failed(report), []);
  check.equal(
    "the report",
    [report.agent, report.role, Number.isNaN(Date.parse(report.started))],
    ["ours", "server", false],
  );
}

/** Faults that a codec may have, and the cases that have to find them. */
const FAULTS: readonly (readonly [string, string, (codec: Codec, wire: CodecWire) => Codec])[] = [
  ["never answers", "1.1.1,2.1,7.1.1", () => ({ receive() {} })],
  [
    "does not close",
    "7.3.1",
    (codec) => ({ receive: (octets) => void ((octets[0] ?? 0) === 0x88 || codec.receive(octets)) }),
  ],
  [
    "loses the first octet",
    "1.1.2,2.2",
    (codec) => ({ receive: (octets) => codec.receive(octets.subarray(1)) }),
  ],
  [
    "speaks before it was spoken to",
    "1.1.2,5.3",
    (codec, wire) => {
      wire.write(Uint8Array.of(0x81, 0));
      return codec;
    },
  ],
];

async function bad(check: Check): Promise<void> {
  for (const [what, ids, spoil] of FAULTS) {
    const create = (wire: CodecWire): Codec => spoil(echo("server", wire), wire);
    const report = await runCodec({ role: "server", create, cases: ids, settle, random: random() });
    check.equal(what, failed(report), ids.split(","));
  }
  let message = "";
  try {
    await runCodec({ role: "server", create: (wire) => echo("server", wire), cases: "nonsense" });
  } catch (error) {
    message = error instanceof RangeError ? "RangeError" : String(error);
  }
  check.equal("a pattern without a case", message, "RangeError");
}

function cases(check: Check): void {
  const ids = codecCases.map(({ id }) => id);
  check.equal("how many", ids.length > 400, true);
  check.equal("each once", new Set(ids).size, ids.length);
  check.equal(
    "those of the Autobahn suite",
    ["1.1.1", "5.20", "6.23.7", "7.13.2"].every((id) => ids.includes(id)),
    true,
  );
  check.equal(
    "none needs a socket",
    ids.filter((id) => /^(?:hs|pmd|12|13)\b/.test(id)),
    [],
  );
}

const suite: Suite = {
  name: "@plyws/conformance/pure",
  groups: {
    "the cases": cases,
    "a good codec": good,
    "what the runtime gives": defaults,
    "bad codecs": bad,
  },
};
export default suite;
