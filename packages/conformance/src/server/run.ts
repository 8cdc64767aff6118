import { type Case, judges } from "../cases/case.ts";
import { allCases } from "../cases/index.ts";
import { selectCases } from "../cases/select.ts";
import type { Report } from "../report/report.ts";
import { notOpened } from "../run/connection.ts";
import { type CaseOptions, type Progress, sessionLimits } from "../run/options.ts";
import { eachOf } from "../run/pool.ts";
import type { CaseResult } from "../run/result.ts";
import type { Target } from "./dial.ts";
import { identify } from "./identify.ts";
import { runOnServer } from "./judge-server.ts";

export interface RunOptions extends CaseOptions {
  /** Of an endpoint that echoes every message: `ws://` or `wss://`. */
  readonly url: string | URL;
  /** What the report calls the server. Default: its `Server` header field, or else its host. */
  readonly agent?: string | undefined;
  /** How many cases run at once. Default 8. */
  readonly concurrency?: number | undefined;
  /** Called with each result as it is there. */
  readonly onResult?: ((result: CaseResult, progress: Progress) => void) | undefined;
  /** Ends the run when it is aborted; the report has the results until then. */
  readonly signal?: AbortSignal | undefined;
  /** Further header fields of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether certificates that nobody vouches for are taken. Default false. */
  readonly insecure?: boolean | undefined;
}

const CONCURRENCY = 8;

/**
 * Judges a server by the cases.
 *
 * @throws TypeError when the URL is not of WebSocket, or a header field would break the head
 * @throws RangeError when another option is out of range, or a pattern fits no case
 * @throws Error when there is no connection to the server at all
 * @example
 * ```ts
 * const report = await run({ url: "ws://127.0.0.1:9001", exclude: "9,12,13" });
 * const failed = report.results.filter(({ behavior }) => behavior === "FAILED");
 * ```
 */
export async function run(options: RunOptions): Promise<Report> {
  const target = targetOf(options);
  const { concurrency = CONCURRENCY, signal, onResult } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`concurrency is a whole number from 1, not ${concurrency}`);
  }
  const settings = sessionLimits(options);
  const cases = selectCases(allCases, options).filter((item) => judges(item, "server"));
  const started = new Date();
  const agent = options.agent ?? (await identify(target, settings.patience));
  const results = new Map<string, CaseResult>();
  await eachOf(slowFirst(cases), concurrency, signal, async (item) => {
    const result = await runOnServer(item, target, settings).catch((error: unknown) =>
      // The server may be gone in the middle of it: that is a result, and the next one may be another.
      notOpened(item, { request: "", response: "" }, error instanceof Error ? error.message : String(error)),
    );
    results.set(item.id, result);
    onResult?.(result, { done: results.size, total: cases.length });
  });
  return {
    agent,
    role: "server",
    started: started.toISOString(),
    duration: Date.now() - started.getTime(),
    results: cases.flatMap(({ id }) => results.get(id) ?? []),
  };
}

/** Cases that wait begin first, so that the others run meanwhile. */
function slowFirst(cases: readonly Case[]): Case[] {
  return cases.toSorted((a, b) => Number(b.slow ?? false) - Number(a.slow ?? false));
}

function targetOf({ url, headers = {}, insecure = false }: RunOptions): Target {
  const parsed = new URL(url);
  if (parsed.protocol !== "ws:" && parsed.protocol !== "wss:") {
    throw new TypeError(`the URL begins with ws:// or wss://, unlike ${parsed.href}`);
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const broken = lines.find((line) => !/^[\w!#$%&'*+.^`|~-]+: [\t\x20-\x7e\x80-\xff]*$/.test(line));
  if (broken !== undefined) throw new TypeError(`this is no header field: ${JSON.stringify(broken)}`);
  return { url: parsed, headers: lines, insecure };
}
