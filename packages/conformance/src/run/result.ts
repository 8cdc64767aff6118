import type { Case } from "../cases/case.ts";
import type { CloseVerdict, Verdict } from "./judge.ts";
import type { LogEntry } from "./log.ts";

/** What a case came to. */
export interface CaseResult {
  readonly id: string;
  readonly title: string;
  /** The sections that say what is right. */
  readonly rule: string;
  readonly why: string;
  readonly behavior: Verdict;
  readonly behaviorClose: CloseVerdict;
  /** What was expected and what happened, in a sentence or two. */
  readonly result: string;
  readonly resultClose: string;
  /** Milliseconds. */
  readonly duration: number;
  /** The code of the peer's Close frame; null when it sent none. */
  readonly remoteCloseCode: number | null;
  /** The heads of the opening handshake, as they went over the wire; empty when there was none. */
  readonly request: string;
  readonly response: string;
  readonly log: readonly LogEntry[];
}

/** The part of a result that the case itself tells. */
export function described({ id, title, rule, why }: Case): Pick<CaseResult, "id" | "title" | "rule" | "why"> {
  return { id, title, rule, why };
}

/** Whether the peer failed the case, by what it did or by how it closed. */
export function isFailure({
  behavior,
  behaviorClose,
}: Pick<CaseResult, "behavior" | "behaviorClose">): boolean {
  return behavior === "FAILED" || !["OK", "INFORMATIONAL", "UNIMPLEMENTED"].includes(behaviorClose);
}
