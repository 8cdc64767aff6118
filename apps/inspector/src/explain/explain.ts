import { Opcode } from "@plyws/frame";
import { MAX_FRAMES } from "../limits.ts";
import type { Fault } from "./faults.ts";
import { type ExplainedFrame, isEndless, readFrame, type SingleFrame } from "./frame.ts";
import type { Sender } from "./header-faults.ts";
import type { Compression } from "./inflate.ts";
import { type ExplainedMessage, MessageReader } from "./messages.ts";

export interface Context {
  /** Who sent the octets: decides whether frames must be masked. */
  readonly from: Sender;
  /** What was agreed on for this side, null when permessage-deflate was not negotiated. */
  readonly compression: Compression | null;
}

/** Everything that there is to say about the octets that one side sent after the opening handshake. */
export interface Explanation {
  readonly frames: readonly ExplainedFrame[];
  readonly messages: readonly ExplainedMessage[];
  /** Octets at the end that belong to no frame that could be found, and why; null when there are none. */
  readonly rest: { readonly offset: number; readonly size: number; readonly why: string } | null;
}

/** Explains octets, whatever they are: it never throws, and goes on after violations while it knows where. */
export function explain(octets: Uint8Array, { from, compression }: Context): Explanation {
  const reader = new MessageReader(compression);
  const found: { frame: SingleFrame; message: number | null }[] = [];
  let keyBefore: Uint8Array | null = null;
  let offset = 0;
  let why: string | null = null;
  while (offset < octets.length && why === null) {
    if (found.length === MAX_FRAMES) {
      why = `only the first ${MAX_FRAMES} frames are explained`;
      break;
    }
    const frame = readFrame(octets, offset, from, keyBefore);
    found.push({ frame, message: reader.push(found.length, frame) });
    offset += frame.size;
    keyBefore = frame.header.maskingKey ?? keyBefore;
    if (isEndless(frame.header))
      why = "the length of the frame before is not one, so nobody knows where the next begins";
  }
  reader.finish(why === null);

  const faultsOf = new Map<number, Fault[]>();
  for (const [index, what] of reader.faults) {
    const list = faultsOf.get(index);
    if (list === undefined) faultsOf.set(index, [what]);
    else list.push(what);
  }
  let over = false;
  const frames = found.map(({ frame, message }, index): ExplainedFrame => {
    const faults = [...frame.faults, ...(faultsOf.get(index) ?? [])].toSorted((a, b) => a.offset - b.offset);
    const ignored = over;
    const closes = frame.header.opcode === Opcode.Close && frame.missing === 0n;
    over ||= closes || faults.some(({ closeCode }) => closeCode !== null);
    return { ...frame, index, message, ignored, faults };
  });
  const rest =
    why === null || offset === octets.length ? null : { offset, size: octets.length - offset, why };
  return { frames, messages: reader.messages, rest };
}

/** All that breaks a rule, in order. */
export function violationsOf({ frames }: Explanation): Fault[] {
  return frames.flatMap(({ faults }) => faults.filter(({ level }) => level === "violation"));
}
