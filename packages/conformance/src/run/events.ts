import type { Event, Outcome, Payload } from "../cases/case.ts";
import { OPCODE } from "../wire/frame.ts";
import { equal, repeated, textOf, toHex } from "../wire/octets.ts";

/** What happened; a rule that the peer broke fits no expectation. */
export type Heard = Event | { readonly kind: "broken"; readonly rule: string };

export function octetsOf(payload: Payload): Uint8Array {
  return payload instanceof Uint8Array ? payload : repeated(payload.pattern, payload.length);
}

const lengthOf = (payload: Payload): number => payload.length;

/** Whether this is the event that was expected. */
export function sameEvent(expected: Event, heard: Heard | undefined): boolean {
  if (heard === undefined || expected.kind !== heard.kind) return false;
  if (expected.kind === "mark") return heard.kind === "mark" && heard.name === expected.name;
  if (heard.kind !== "message" && heard.kind !== "pong") return false;
  if (expected.kind === "message" && heard.kind === "message" && expected.opcode !== heard.opcode)
    return false;
  return (
    lengthOf(expected.payload) === lengthOf(heard.payload) &&
    equal(octetsOf(expected.payload), octetsOf(heard.payload))
  );
}

/** Whether all that was heard is the beginning of these events. */
export function isPrefix(heard: readonly Heard[], events: readonly Event[]): boolean {
  return heard.length <= events.length && heard.every((event, i) => matches(events[i], event));
}

function matches(expected: Event | undefined, heard: Heard): boolean {
  return expected !== undefined && sameEvent(expected, heard);
}

/** Whether exactly this was heard. */
export function fitsOutcome(heard: readonly Heard[], { events }: Outcome): boolean {
  return heard.length === events.length && isPrefix(heard, events);
}

const SHOWN = 40;

/** An event in words. */
export function describeEvent(event: Heard): string {
  switch (event.kind) {
    case "message":
      return `${event.opcode === OPCODE.text ? "text" : "binary"} ${describePayload(event.payload)}`;
    case "pong":
      return `pong ${describePayload(event.payload)}`;
    case "mark":
      return `(${event.name})`;
    default:
      return `broken rule: ${event.rule}`;
  }
}

function describePayload(payload: Payload): string {
  const size = `${payload.length} octet${payload.length === 1 ? "" : "s"}`;
  if (payload.length === 0) return size;
  const octets = octetsOf(
    payload instanceof Uint8Array
      ? payload.subarray(0, SHOWN)
      : { ...payload, length: Math.min(SHOWN, payload.length) },
  );
  const text = textOf(octets);
  const shown = text !== null && /^[\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : toHex(octets);
  return `${size}: ${shown}${payload.length > SHOWN ? " …" : ""}`;
}
