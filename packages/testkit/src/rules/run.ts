import { CLOSE, closePayload, type FrameParts } from "../frame.ts";
import { octets } from "../octets.ts";
import { type ParsedFrame, parseFrames } from "../parse.ts";
import type { RecordedEvent } from "../recorder.ts";
import { failureOctets, ruleInput } from "./input.ts";
import { eventLine, frameLine } from "./lines.ts";
import type { Role, Rule } from "./rule.ts";

/** An echo endpoint that does all it has to do within each call: text and binary are sent back, pings answered. */
export interface EchoEndpoint {
  receive(chunk: Uint8Array): void;
  /** The stream of the peer has ended. */
  receiveEnd(): void;
  close(code: number, reason: string): void;
  /** What was written since the last call: whole frames. */
  take(): Uint8Array;
  /** Whether the endpoint has ended its half of the stream. */
  readonly ended: boolean;
  /** All events so far. */
  readonly events: readonly RecordedEvent[];
}

export type MakeEndpoint = (options: { role: Role; maxMessageSize: number | null }) => EchoEndpoint;

/** Both sides of one comparison: a rule is obeyed when they are equal. */
export interface RuleOutcome {
  /** A line for each event. */
  events: string[];
  /** A line for each frame. */
  written: string[];
  /** Whether the endpoint had ended its half of the stream before the peer did. */
  endedFirst: boolean;
  /** What was too early or too late: a line for each of the first moments, none when all was in time. */
  untimely: string[];
}

/** More untimely moments than these are not told. */
const MOMENTS = 10;

/** What may be at a moment: a number of events, frames other than Close, Close frames, and whether it has ended. */
interface Progress {
  events: number;
  replies: number;
  close: number;
  ended: boolean;
}

/** Feeds the chunks to a fresh endpoint and compares what it does, after each of them, with the rule. */
export function runRule(
  rule: Rule,
  role: Role,
  chunks: readonly Uint8Array[],
  make: MakeEndpoint,
): { observed: RuleOutcome; expected: RuleOutcome } {
  const endpoint = make({ role, maxMessageSize: rule.maxMessageSize });
  const due = schedule(rule, role);
  const written: ParsedFrame[] = [];
  const untimely: string[] = [];
  let arrived = 0;

  const look = () => {
    written.push(...parseFrames(endpoint.take()));
    const closeFrames = written.filter(({ opcode }) => opcode === CLOSE).length;
    const now: Progress = {
      events: endpoint.events.length,
      replies: written.length - closeFrames,
      close: closeFrames,
      ended: endpoint.ended,
    };
    const { least, most } = due(arrived);
    if (untimely.length >= MOMENTS) return;
    for (const key of ["events", "replies", "close", "ended"] as const) {
      if (now[key] < least[key]) untimely.push(`after ${arrived} octets, too late: ${key} ${now[key]}`);
      if (now[key] > most[key]) untimely.push(`after ${arrived} octets, too early: ${key} ${now[key]}`);
    }
  };

  if (rule.starts !== null) endpoint.close(rule.starts.code, rule.starts.reason);
  look();
  for (const chunk of chunks) {
    endpoint.receive(chunk);
    arrived += chunk.length;
    look();
  }
  const endedFirst = endpoint.ended;
  endpoint.receiveEnd();
  written.push(...parseFrames(endpoint.take()));

  const observed: RuleOutcome = {
    events: endpoint.events.map(eventLine),
    written: written.map(frameLine),
    endedFirst,
    untimely,
  };
  return { observed, expected: expectedOutcome(rule, role) };
}

function expectedOutcome({ starts, expected }: Rule, role: Role): RuleOutcome {
  const { events, replies, close } = expected;
  const common = { fin: true, rsv: 0, masked: role === "client" };
  const frames: ParsedFrame[] = replies.map(({ opcode, payload }) => ({ ...common, opcode, payload }));
  const closeFrame = (code: number | null): ParsedFrame => ({
    ...common,
    opcode: CLOSE,
    payload: code === null ? octets("") : closePayload(code),
  });
  if (starts !== null) frames.unshift(closeFrame(starts.code));
  else if (close.kind === "closed") frames.push(closeFrame(close.reply));
  else if (close.kind === "failed") frames.push(closeFrame(close.code));
  const clean = close.kind === "closed";
  // RFC 6455 section 7.1.5: 1006 when no Close frame was received.
  const { code, reason } = clean ? close : { code: 1006, reason: "" };
  return {
    events: [...events, { type: "closed", code, reason, clean } as const].map(eventLine),
    written: frames.map(frameLine),
    // RFC 6455 section 7.1.1: the server ends the stream first. Section 7.1.7: who fails the connection ends it, too.
    endedFirst: close.kind === "failed" || (clean && role === "server"),
    untimely: [],
  };
}

/** What must and may be there when so many octets of the input have arrived. */
function schedule(rule: Rule, role: Role): (arrived: number) => { least: Progress; most: Progress } {
  const { events, replies, close } = rule.expected;
  const input = ruleInput(rule, role);
  let size = 0;
  const ends = input.map((part) => (size += part.length));
  const complete = (index: number, arrived: number) => arrived >= (ends[index] ?? Number.POSITIVE_INFINITY);
  const failure = close.kind === "failed" ? failureOctets(input, close.at) : null;
  const closeIndex = rule.input.findIndex(isClose);
  const started = rule.starts === null ? 0 : 1;

  return (arrived) => {
    const done = {
      events: events.filter(({ after }) => complete(after, arrived)).length,
      replies: replies.filter(({ after }) => complete(after, arrived)).length,
    };
    const over = (by: "earliest" | "latest") => {
      if (failure !== null) return arrived >= failure[by];
      return close.kind === "closed" && complete(closeIndex, arrived);
    };
    const at = (by: "earliest" | "latest"): Progress => ({
      ...done,
      close: Math.max(started, over(by) ? 1 : 0),
      ended: over(by) && (failure !== null || role === "server"),
    });
    return { least: at("latest"), most: at("earliest") };
  };
}

function isClose(parts: FrameParts | Uint8Array): boolean {
  return !(parts instanceof Uint8Array) && parts.opcode === CLOSE;
}
