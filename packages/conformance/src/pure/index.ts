import { type Case, type ConnectionCase, judges, type Role } from "../cases/case.ts";
import { allCases } from "../cases/index.ts";
import { type Selection, selectCases } from "../cases/select.ts";
import type { Report } from "../report/report.ts";
import { notOpened, runConnection } from "../run/connection.ts";
import { type Codec, type CodecWire, MemoryLine } from "../run/memory-line.ts";
import type { CaseResult } from "../run/result.ts";

export type { Case, ConnectionCase, Role } from "../cases/case.ts";
export type { Selection } from "../cases/select.ts";
export { type Counts, countVerdicts, type Report } from "../report/report.ts";
export type { CloseVerdict, Verdict } from "../run/judge.ts";
export type { LogEntry, LoggedFrame } from "../run/log.ts";
export type { Codec, CodecWire } from "../run/memory-line.ts";
export { type CaseResult, isFailure } from "../run/result.ts";

export interface CodecOptions extends Selection {
  /** What the codec is. */
  readonly role: Role;
  /** Makes an endpoint that echoes, on a connection that is open. Called for each case. */
  readonly create: (wire: CodecWire) => Codec;
  /** What the report calls it. Default "codec". */
  readonly agent?: string | undefined;
  /** Called with each result as it is there. */
  readonly onResult?: ((result: CaseResult) => void) | undefined;
  /** Resolves when a codec has done all that it will do without more octets. Default: after one turn of the event loop. */
  readonly settle?: (() => Promise<void>) | undefined;
  /** Gives whole numbers below 2^32, for masking keys. Default: random ones. */
  readonly random?: (() => number) | undefined;
}

const VOLUME = 2 ** 20;
const PATIENCE = 2000;

/** The cases that need neither a socket nor an opening handshake nor permessage-deflate. */
export const codecCases: readonly ConnectionCase[] = allCases.filter(needsNoSocket);

function needsNoSocket(item: Case): item is ConnectionCase {
  return item.kind === "connection" && item.deflate === null;
}

/**
 * Judges a codec without any socket, in time that does not pass: what a case waits for is there at once or never.
 *
 * @throws RangeError when a pattern fits no case
 */
export async function runCodec(options: CodecOptions): Promise<Report> {
  const { role, create, agent = "codec", onResult, settle = oneTurn, random = anyKey } = options;
  const began = new Date();
  const wanted = new Set(selectCases(allCases, options).map(({ id }) => id));
  const results: CaseResult[] = [];
  for (const item of codecCases) {
    if (!wanted.has(item.id) || !judges(item, role)) continue;
    const result = await runOne(item, role, new MemoryLine(create, settle), random);
    results.push(result);
    onResult?.(result);
  }
  return {
    agent,
    role,
    started: began.toISOString(),
    duration: Date.now() - began.getTime(),
    results,
  };
}

async function runOne(
  item: ConnectionCase,
  role: Role,
  line: MemoryLine,
  random: () => number,
): Promise<CaseResult> {
  const opened = { line, compression: null, request: "", response: "" };
  const kit = role === "server" ? "client" : "server";
  try {
    return await runConnection(item, opened, { kit, patience: PATIENCE, volume: VOLUME, random });
  } catch (error) {
    return notOpened(item, opened, `The codec threw: ${String(error)}`);
  }
}

const oneTurn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

/** Good enough for a codec in the same process, and there everywhere. */
function anyKey(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
