import { closePayload, OPCODE } from "../wire/frame.ts";
import { utf8 } from "../wire/octets.ts";
import type { CaseFrame, ConnectionCase, Ending, Event, Outcome, Payload, Step } from "./case.ts";

type Content = string | Payload;
type FrameOptions = Partial<Omit<CaseFrame, "opcode" | "payload">>;

const octetsOrPattern = (content: Content): Payload =>
  typeof content === "string" ? utf8(content) : content;

/** A frame to send, as a step. */
export function frame(opcode: number, content: Content = "", options: FrameOptions = {}): Step {
  return { kind: "frame", frame: { ...options, opcode, payload: octetsOrPattern(content) } };
}

export const MORE = { fin: false } as const;

export const send = {
  text: (content: Content = "", options?: FrameOptions) => frame(OPCODE.text, content, options),
  binary: (content: Content = "", options?: FrameOptions) => frame(OPCODE.binary, content, options),
  continuation: (content: Content = "", options?: FrameOptions) =>
    frame(OPCODE.continuation, content, options),
  ping: (content: Content = "", options?: FrameOptions) => frame(OPCODE.ping, content, options),
  pong: (content: Content = "", options?: FrameOptions) => frame(OPCODE.pong, content, options),
  /** Without a code the Close frame is empty. */
  close: (code?: number, reason: string | Uint8Array = "", options?: FrameOptions) =>
    frame(
      OPCODE.close,
      code === undefined ? "" : closePayload(code, typeof reason === "string" ? utf8(reason) : reason),
      options,
    ),
  wait: (ms: number, options: { events?: number; mark?: string } = {}): Step => ({
    kind: "wait",
    ms,
    ...options,
  }),
};

/** The fragments of a message, one frame each. */
export function fragments(opcode: number, parts: readonly Content[]): Step[] {
  return parts.map((part, i) =>
    frame(i === 0 ? opcode : OPCODE.continuation, part, { fin: i === parts.length - 1 }),
  );
}

export const heard = {
  text: (content: Content = ""): Event => message(OPCODE.text, content),
  binary: (content: Content = ""): Event => message(OPCODE.binary, content),
  pong: (content: Content = ""): Event => ({ kind: "pong", payload: octetsOrPattern(content) }),
  mark: (name: string): Event => ({ kind: "mark", name }),
};

function message(opcode: number, content: Content): Event {
  return { kind: "message", opcode, payload: octetsOrPattern(content) };
}

/** A pattern that goes on to a length. */
export function filled(pattern: string | readonly number[], length: number): Payload {
  return { pattern: typeof pattern === "string" ? utf8(pattern) : Uint8Array.from(pattern), length };
}

/** The kit closes with 1000, and the peer answers. */
export const CLEAN: Ending = { by: "kit", codes: [1000], clean: true };

/** The kit closes and the peer may answer with one of these. */
export const cleanWith = (...codes: readonly number[]): Ending => ({ by: "kit", codes, clean: true });

/** The peer fails the connection: a Close frame with one of these codes, or just the end of TCP. */
export const fails = (...codes: readonly number[]): Ending => ({ by: "peer", codes, clean: false });

/** What happens when all is strictly right. */
export function ok(events: readonly Event[], ending: Ending, means: string): Outcome {
  return { verdict: "OK", events, ending, means };
}

/** What is tolerated. */
export function nonStrict(events: readonly Event[], ending: Ending, means: string): Outcome {
  return { verdict: "NON-STRICT", events, ending, means };
}

type Row = Pick<ConnectionCase, "id" | "title" | "rule" | "why" | "steps" | "outcomes"> &
  Partial<Omit<ConnectionCase, "kind">>;

/** A case on an open connection. */
export function connection(row: Row): ConnectionCase {
  return {
    delivery: "joined",
    fatal: [],
    informational: false,
    limit: 1000,
    deflate: null,
    ...row,
    kind: "connection",
  };
}

/** A case of our own: its verdict covers how the connection ends. */
export function strict(row: Row): ConnectionCase {
  return connection({ fatal: ["side", "code", "unclean"], ...row });
}
