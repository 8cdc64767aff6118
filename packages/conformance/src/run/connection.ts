import type { Case, ConnectionCase } from "../cases/case.ts";
import type { Compression } from "../wire/compression.ts";
import { judge } from "./judge.ts";
import type { Line } from "./line.ts";
import { type CaseResult, described } from "./result.ts";
import { Session, type SessionSettings } from "./session.ts";

/** The heads of an opening handshake. */
export interface Heads {
  readonly request: string;
  readonly response: string;
}

/** Runs and judges a case on a connection that is open. */
export async function runConnection(
  item: ConnectionCase,
  opened: {
    readonly line: Line;
    readonly compression: Compression | null;
    readonly early?: Uint8Array;
  } & Heads,
  settings: SessionSettings,
): Promise<CaseResult> {
  const session = new Session(item, opened.line, opened.compression, settings);
  const ended = await session.run(opened.early);
  return {
    ...described(item),
    ...judge(item, ended, settings.kit),
    duration: Math.round(ended.duration),
    remoteCloseCode: ended.code,
    request: opened.request,
    response: opened.response,
    log: session.log.entries,
  };
}

/** The result where the peer has not got what the case is about. */
export function unimplemented(item: Case, { request, response }: Heads, result: string): CaseResult {
  return {
    ...described(item),
    behavior: "UNIMPLEMENTED",
    behaviorClose: "UNIMPLEMENTED",
    result,
    resultClose: "",
    duration: 0,
    remoteCloseCode: null,
    request,
    response,
    log: [],
  };
}

/** The result where there was no connection to run the case on. */
export function notOpened(item: Case, { request, response }: Heads, result: string): CaseResult {
  return {
    ...described(item),
    behavior: "FAILED",
    behaviorClose: "FAILED",
    result,
    resultClose: "No connection was used.",
    duration: 0,
    remoteCloseCode: null,
    request,
    response,
    log: [],
  };
}
