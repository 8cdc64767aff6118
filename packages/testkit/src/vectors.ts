import { BINARY, CONTINUATION, type FrameParts, MASK, PING, PONG, TEXT } from "./frame.ts";
import { hex } from "./octets.ts";

/** Frames that RFC 6455 prints, with the parts that make them. */
export interface FrameVector {
  title: string;
  wire: Uint8Array;
  frames: readonly FrameParts[];
}

/** RFC 6455 section 5.7; the payload of the two long ones is not printed there, so any octet stands in. */
export const FRAME_VECTORS: readonly FrameVector[] = [
  {
    title: "a single-frame unmasked text message",
    wire: hex("81 05 48 65 6C 6C 6F"),
    frames: [{ opcode: TEXT, payload: "Hello" }],
  },
  {
    title: "a single-frame masked text message",
    wire: hex("81 85 37 FA 21 3D 7F 9F 4D 51 58"),
    frames: [{ opcode: TEXT, payload: "Hello", mask: MASK }],
  },
  {
    title: "a fragmented unmasked text message",
    wire: hex("01 03 48 65 6C 80 02 6C 6F"),
    frames: [
      { opcode: TEXT, payload: "Hel", fin: false },
      { opcode: CONTINUATION, payload: "lo" },
    ],
  },
  {
    title: "an unmasked ping",
    wire: hex("89 05 48 65 6C 6C 6F"),
    frames: [{ opcode: PING, payload: "Hello" }],
  },
  {
    title: "a masked pong",
    wire: hex("8A 85 37 FA 21 3D 7F 9F 4D 51 58"),
    frames: [{ opcode: PONG, payload: "Hello", mask: MASK }],
  },
  {
    title: "256 octets of binary in a single unmasked frame",
    wire: hex(`82 7E 01 00 ${"A5".repeat(256)}`),
    frames: [{ opcode: BINARY, payload: hex("A5".repeat(256)) }],
  },
  {
    title: "64 KiB of binary in a single unmasked frame",
    wire: hex(`82 7F 00 00 00 00 00 01 00 00 ${"A5".repeat(65_536)}`),
    frames: [{ opcode: BINARY, payload: hex("A5".repeat(65_536)) }],
  },
];

/** RFC 6455 section 1.3: the key that a client sends and the accept value that answers it. */
export const ACCEPT_VECTOR = {
  key: "dGhlIHNhbXBsZSBub25jZQ==",
  accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
} as const;
