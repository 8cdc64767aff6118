import type { ConnectionCase, Ending, Outcome } from "../cases/case.ts";
import { describeEvent, fitsOutcome, type Heard } from "./events.ts";

/** As the Autobahn suite says it. */
export type Verdict = "OK" | "NON-STRICT" | "INFORMATIONAL" | "UNIMPLEMENTED" | "FAILED";

/** The verdict on how the connection ended. */
export type CloseVerdict =
  | "OK"
  | "INFORMATIONAL"
  | "UNIMPLEMENTED"
  | "UNCLEAN"
  | "WRONG CODE"
  | "FAILED BY CLIENT"
  | "FAILED";

/** How a connection went. */
export interface Ended {
  readonly heard: readonly Heard[];
  readonly keys: readonly number[];
  /** Who began to close: the first to send a Close frame, or to end TCP without one. */
  readonly first: "kit" | "peer" | null;
  /** Both sides sent a Close frame. */
  readonly clean: boolean;
  /** Of the peer's Close frame. */
  readonly code: number | null;
  readonly tcp: "open" | "end" | "reset";
  /** The kit gave TCP up, since the peer did not end it. */
  readonly dropped: boolean;
  /** Milliseconds. */
  readonly duration: number;
}

export interface Judgement {
  readonly behavior: Verdict;
  readonly behaviorClose: CloseVerdict;
  /** In words. */
  readonly result: string;
  readonly resultClose: string;
}

/** Both verdicts on one case. */
export function judge(item: ConnectionCase, ended: Ended, kit: "client" | "server"): Judgement {
  const fitting = item.outcomes.filter((outcome) => fitsOutcome(ended.heard, outcome));
  const outcome =
    fitting.find(({ ending }) => judgeEnding(ending, ended, kit).verdict === "OK") ??
    fitting[0] ??
    item.outcomes[0];
  const close = outcome === undefined ? null : judgeEnding(outcome.ending, ended, kit);
  const resultClose = close?.text ?? "";
  if (item.informational) {
    return {
      behavior: "INFORMATIONAL",
      behaviorClose: "INFORMATIONAL",
      result: `What happened: ${describeHeard(ended.heard)}; ${describeEnding(ended)}, ${describeTime(ended)}.`,
      resultClose,
    };
  }
  const behaviorClose = close?.verdict ?? "FAILED";
  if (outcome === undefined || fitting.length === 0) {
    return {
      behavior: "FAILED",
      behaviorClose,
      result: describeMiss(item.outcomes, ended.heard),
      resultClose,
    };
  }
  const repeated = item.freshKeys === true ? repeatedKey(ended.keys) : null;
  if (repeated !== null) return { behavior: "FAILED", behaviorClose, result: repeated, resultClose };
  const fatal = close !== null && close.fault !== null && item.fatal.includes(close.fault);
  return {
    behavior: fatal ? "FAILED" : outcome.verdict,
    behaviorClose,
    result: fatal
      ? `Expected: ${outcome.means}. ${resultClose}`
      : `${outcome.verdict === "OK" ? "As expected" : "Tolerated"}: ${outcome.means}.`,
    resultClose,
  };
}

interface EndingJudgement {
  readonly verdict: CloseVerdict;
  readonly fault: "side" | "code" | "unclean" | null;
  readonly text: string;
}

/** In this order: who began, whether both closed, the code, who ended TCP. */
function judgeEnding(ending: Ending, ended: Ended, kit: "client" | "server"): EndingJudgement {
  if (ending.by !== "any" && ended.first !== ending.by) {
    const expected = ending.by === "kit" ? "the kit" : "the peer";
    const text = `${describeEnding(ended)}, but ${expected} should have begun to close.`;
    return { verdict: "FAILED", fault: "side", text: capital(text) };
  }
  if (ending.clean && !ended.clean) {
    return { verdict: "UNCLEAN", fault: "unclean", text: "One of the Close frames is missing." };
  }
  if (ended.code !== null && !ending.codes.includes(ended.code)) {
    const text = `The peer's Close frame has the code ${ended.code}, not ${ending.codes.join(" or ")}.`;
    return { verdict: "WRONG CODE", fault: "code", text };
  }
  if (kit === "client" && ended.dropped && ending.drop !== true) {
    return {
      verdict: "FAILED BY CLIENT",
      fault: "unclean",
      text: "The server did not end TCP after the closing handshake.",
    };
  }
  return { verdict: "OK", fault: null, text: capital(`${describeEnding(ended)}.`) };
}

/** How a connection ended, in words. */
function describeEnding(ended: Ended): string {
  if (ended.first === null) return "nobody closed";
  const side = ended.first === "kit" ? "the kit" : "the peer";
  const code = ended.code === null ? "without a code of the peer" : `with ${ended.code} from the peer`;
  return `${side} began to close, ${ended.clean ? "cleanly" : "not cleanly"}, ${code}`;
}

function describeTime({ duration, dropped }: Ended): string {
  return `${dropped ? "and did not end TCP within" : "and TCP ended after"} ${Math.round(duration)} ms`;
}

function repeatedKey(keys: readonly number[]): string | null {
  const seen = new Set<number>();
  for (const key of keys) {
    if (seen.has(key)) return `The masking key ${key.toString(16).padStart(8, "0")} is used twice.`;
    seen.add(key);
  }
  return null;
}

function describeHeard(heard: readonly Heard[]): string {
  return heard.length === 0 ? "nothing came back" : heard.map(describeEvent).join("; ");
}

function describeMiss(outcomes: readonly Outcome[], heard: readonly Heard[]): string {
  const [expected] = outcomes;
  return `Expected: ${expected?.means ?? "nothing"}. Happened: ${describeHeard(heard)}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
