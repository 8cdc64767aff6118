import { Opcode, ProtocolError } from "@plyws/frame";
import { chopped, octets } from "@plyws/testkit";
import type { Message, MessageAssembler } from "../src/index.ts";

const { Text, Binary, Continuation } = Opcode;

/** A data frame as the rows of the tests write it. */
export interface Fragment {
  readonly fin: boolean;
  readonly opcode: Opcode;
  readonly payload: Uint8Array;
}

function fragmentOf(opcode: Opcode, payload: string | Uint8Array, fin: boolean): Fragment {
  return { fin, opcode, payload: octets(payload) };
}

export const text = (payload: string | Uint8Array, fin = true) => fragmentOf(Text, payload, fin);
export const binary = (payload: string | Uint8Array, fin = true) => fragmentOf(Binary, payload, fin);
export const more = (payload: string | Uint8Array) => fragmentOf(Continuation, payload, false);
export const last = (payload: string | Uint8Array) => fragmentOf(Continuation, payload, true);
export const message = (opcode: Message["opcode"], payload: string | Uint8Array) => ({
  opcode,
  payload: octets(payload),
});

/** Gives a frame to an assembler in pieces of `size` octets, each in memory of its own. */
export function feed(assembler: MessageAssembler, frame: Fragment, size: number): Message | null {
  const { fin, opcode, payload } = frame;
  assembler.beginFrame({ fin, opcode, payloadLength: payload.length });
  for (const piece of chopped(payload, size)) {
    assembler.append(piece);
    // What was appended is copied.
    piece.fill(0xee);
  }
  return assembler.endFrame();
}

/** The code of the ProtocolError that is thrown; null when nothing is. */
export function errorCode(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}
