import type { Role } from "../cases/case.ts";
import type { CaseResult } from "../run/result.ts";
import { isFailure } from "../run/result.ts";

/** All results of one agent: a server or a client under test. */
export interface Report {
  readonly agent: string;
  readonly role: Role;
  /** When it began, in the format of ISO 8601. */
  readonly started: string;
  /** Milliseconds. */
  readonly duration: number;
  /** In the order of the cases. */
  readonly results: readonly CaseResult[];
}

/** How often each verdict was reached. */
export interface Counts {
  readonly ok: number;
  readonly nonStrict: number;
  readonly informational: number;
  readonly unimplemented: number;
  /** By what the peer did, or only by how it closed. */
  readonly failed: number;
  readonly total: number;
}

export function countVerdicts(results: readonly CaseResult[]): Counts {
  const passed = results.filter((result) => !isFailure(result));
  const count = (verdict: CaseResult["behavior"]): number =>
    passed.filter(({ behavior }) => behavior === verdict).length;
  return {
    ok: count("OK"),
    nonStrict: count("NON-STRICT"),
    informational: count("INFORMATIONAL"),
    unimplemented: count("UNIMPLEMENTED"),
    failed: results.length - passed.length,
    total: results.length,
  };
}
