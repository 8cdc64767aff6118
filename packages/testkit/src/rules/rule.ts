import {
  BINARY,
  CLOSE,
  CONTINUATION,
  closePayload,
  type FrameOptions,
  type FrameParts,
  PING,
  PONG,
  TEXT,
} from "../frame.ts";
import { octets } from "../octets.ts";
import type { RecordedEvent } from "../recorder.ts";

export type Role = "server" | "client";

/** An event that must be there when the input frame `after` (an index) is complete, and not earlier. */
export type DueEvent = Exclude<RecordedEvent, { type: "closed" }> & { after: number };

/** A whole, unfragmented frame that the endpoint must have written when the input frame `after` is complete. */
export interface DueReply {
  after: number;
  opcode: number;
  payload: Uint8Array;
}

/**
 * When a failure must be known, in the input frame with index `frame`:
 * - `"head"`: at the latest with the last octet of its head; no octet of the payload is needed;
 * - `"end"`: at the latest with its last octet, and not before its head is complete;
 * - a number: exactly with this octet of its payload, counted from 0.
 */
export interface FailurePoint {
  frame: number;
  at: "head" | "end" | number;
}

export type ExpectedClose =
  /** A clean close. `code` and `reason` are those received; `reply` is the code of the Close frame, null for none. */
  | { kind: "closed"; code: number; reason: string; reply: number | null }
  /** The endpoint fails the connection: it sends a Close frame with this code, whatever the reason says. */
  | { kind: "failed"; code: number; at: FailurePoint }
  /** The stream ends and no Close frame has come: 1006, not clean. */
  | { kind: "lost" };

/** One rule of RFC 6455, as seen from outside by the peer of an echo endpoint. */
export interface Rule {
  /** The number of the case in the Autobahn suite, or a name of our own: "group/rule". */
  id: string;
  /** Autobahn cases with the same input, delivered in other pieces. */
  variants: readonly string[];
  /** Section of RFC 6455. */
  section: string;
  title: string;
  receiver: Role | "both";
  /** The endpoint under test sends this Close frame before any input. */
  starts: { code: number; reason: string } | null;
  /** The limit in octets that the endpoint is made with; null for its default. */
  maxMessageSize: number | null;
  /** Frames of the peer; masked towards a server, not towards a client, unless `mask` is given. Or raw octets. */
  input: readonly (FrameParts | Uint8Array)[];
  expected: {
    events: readonly DueEvent[];
    /** Without the Close frame, which `close` implies. */
    replies: readonly DueReply[];
    close: ExpectedClose;
  };
}

/** What a row of the table has to say; the rest has defaults. */
export interface RuleRow {
  id: string;
  variants?: readonly string[];
  section: string;
  title: string;
  /** Default: "both". */
  receiver?: Role | "both";
  starts?: { code: number; reason: string };
  maxMessageSize?: number;
  input: readonly (FrameParts | Uint8Array)[];
  /** Default: none. */
  events?: readonly DueEvent[];
  /** Default: what an echo endpoint makes of the events; only pongs when it has started the closing handshake. */
  replies?: readonly DueReply[];
  /** Default: the connection goes on, which a Close frame after the input shows: it is answered like any other. */
  close?: ExpectedClose;
}

export function rule(row: RuleRow): Rule {
  const { id, section, title, events = [], close = closes(1000), receiver = "both" } = row;
  const { variants = [], starts = null, maxMessageSize = null } = row;
  const input = row.close === undefined ? [...row.input, send.close(1000)] : row.input;
  const replies = row.replies ?? events.flatMap((due) => echo(due, starts !== null));
  return {
    id,
    variants,
    section,
    title,
    receiver,
    starts,
    maxMessageSize,
    input,
    expected: { events, replies, close },
  };
}

function echo(due: DueEvent, closing: boolean): DueReply[] {
  const { after, type } = due;
  const payload = octets(due.data);
  if (type === "ping") return [{ after, opcode: PONG, payload }];
  if (type === "pong" || closing) return [];
  return [{ after, opcode: type === "text" ? TEXT : BINARY, payload }];
}

/** Frames to send, by opcode. */
export const send = {
  text: (payload: Uint8Array | string = "", options?: FrameOptions) => ({
    ...options,
    opcode: TEXT,
    payload,
  }),
  binary: (payload: Uint8Array | string = "", options?: FrameOptions) => ({
    ...options,
    opcode: BINARY,
    payload,
  }),
  continuation: (payload: Uint8Array | string = "", options?: FrameOptions) => ({
    ...options,
    opcode: CONTINUATION,
    payload,
  }),
  ping: (payload: Uint8Array | string = "", options?: FrameOptions) => ({
    ...options,
    opcode: PING,
    payload,
  }),
  pong: (payload: Uint8Array | string = "", options?: FrameOptions) => ({
    ...options,
    opcode: PONG,
    payload,
  }),
  close: (code?: number, reason: Uint8Array | string = "", options?: FrameOptions) => ({
    ...options,
    opcode: CLOSE,
    payload: code === undefined ? "" : closePayload(code, reason),
  }),
} as const;

/** More fragments follow. */
export const MORE: FrameOptions = { fin: false };

/** Events to expect, each with the index of the input frame that completes it. */
export const event = {
  text: (after: number, data: string): DueEvent => ({ after, type: "text", data }),
  binary: (after: number, data: Uint8Array): DueEvent => ({ after, type: "binary", data }),
  ping: (after: number, data: Uint8Array | string = ""): DueEvent => ({
    after,
    type: "ping",
    data: octets(data),
  }),
  pong: (after: number, data: Uint8Array | string = ""): DueEvent => ({
    after,
    type: "pong",
    data: octets(data),
  }),
} as const;

export const LOST: ExpectedClose = { kind: "lost" };

export function closes(code: number, reason = ""): ExpectedClose {
  // RFC 6455 section 7.1.5: 1005 stands for a Close frame without a code, and is never sent.
  return { kind: "closed", code, reason, reply: code === 1005 ? null : code };
}

export function fails(code: number, frameIndex: number, at: FailurePoint["at"] = "head"): ExpectedClose {
  return { kind: "failed", code, at: { frame: frameIndex, at } };
}
