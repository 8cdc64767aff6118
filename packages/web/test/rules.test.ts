import { isDeepStrictEqual } from "node:util";
import {
  CLOSE,
  closePayload,
  octets,
  type ParsedFrame,
  parseFrames,
  type Role,
  RULES,
  type Rule,
  ruleCuttings,
  toHex,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { overStreams } from "../src/index.ts";
import { RawPeer } from "./support/streams.ts";

/** Streams take their time for each chunk, above all those of Node 20. */
const MAX_CHUNKS = 2000;

for (const [theme, rules] of Object.entries(RULES)) {
  const rows = rules.flatMap((rule) =>
    (rule.receiver === "both" ? (["server", "client"] as const) : [rule.receiver]).map((role) => ({
      rule,
      role,
      ...rule,
    })),
  );
  describe(`rules of ${theme}`, () => {
    test.each(rows)(
      "$id, $role: $title (RFC 6455 section $section)",
      {
        timeout: 60_000,
      },
      async ({ rule, role }) => {
        const expected = expectedOf(rule, role);
        expect(await firstDifference(rule, role, expected)).toEqual(expected);
      },
    );
  });
}

/** What comes of the first cutting with which the rule is not obeyed; of the last of all when there is none. */
async function firstDifference(rule: Rule, role: Role, expected: Outcome): Promise<unknown> {
  let observed: Outcome | null = null;
  for (const { name, chunks } of ruleCuttings(rule, role)) {
    if (chunks.length > MAX_CHUNKS) continue;
    observed = await play(rule, role, chunks);
    if (!isDeepStrictEqual(observed, expected)) return { name, ...observed };
  }
  return observed;
}

interface Outcome {
  readonly written: readonly string[];
  readonly record: { readonly code: number; readonly reason: string; readonly clean: boolean };
  /** Whether both halves are over. */
  readonly ended: boolean;
}

/** An echo gets the chunks, and then the end of the stream. */
async function play(
  { starts, maxMessageSize }: Rule,
  role: Role,
  chunks: readonly Uint8Array[],
): Promise<Outcome> {
  const peer = new RawPeer();
  const socket = overStreams(peer.stream, { role, maxMessageSize: maxMessageSize ?? 1_048_576 });
  if (starts !== null) socket.close(starts.code, starts.reason);
  for (const chunk of chunks) peer.push(chunk);
  peer.end();
  for await (const message of socket) socket.send(message);
  const { code, reason, clean } = await socket.closed;
  while (!peer.ended) await new Promise(setImmediate);
  return { written: parseFrames(peer.written).map(line), record: { code, reason, clean }, ended: peer.ended };
}

function expectedOf({ starts, expected }: Rule, role: Role): Outcome {
  const { replies, close } = expected;
  const common = { fin: true, rsv: 0, masked: role === "client" };
  const written = replies.map((reply) => line({ ...common, ...reply }));
  const closeLine = (code: number | null): string =>
    line({ ...common, opcode: CLOSE, payload: code === null ? octets("") : closePayload(code) });
  if (starts !== null) written.unshift(closeLine(starts.code));
  else if (close.kind === "closed") written.push(closeLine(close.reply));
  else if (close.kind === "failed") written.push(closeLine(close.code));
  const clean = close.kind === "closed";
  // RFC 6455 section 7.1.5: 1006 when no Close frame was received.
  const record = { code: clean ? close.code : 1006, reason: clean ? close.reason : "", clean };
  return { written, record, ended: true };
}

/** A frame as one line. The reason of a Close frame is for people: it is left out. */
function line({ fin, rsv, opcode, masked, payload }: ParsedFrame): string {
  const told = opcode === CLOSE ? payload.subarray(0, 2) : payload;
  const shown =
    told.length > 64 ? `${told.length} octets, sum ${told.reduce((a, b) => a + b, 0)}` : toHex(told);
  return `opcode ${opcode}${fin ? " fin" : ""} rsv ${rsv}${masked ? " masked" : ""}: ${shown}`;
}
