import { createHash } from "node:crypto";
import { seededRandom } from "@plyws/testkit";

/** The payload lengths at which something changes: the forms of the header, the copies of the outbox, the read buffer. */
export const SIZES = [0, 1, 125, 126, 65_535, 65_536, 4_194_304] as const;

/** Larger than the largest of {@link SIZES}. */
export const MAX_MESSAGE_SIZE = 8_388_608;

export type Kind = "text" | "binary";

/** A text of exactly `size` octets of UTF-8, with code points of every length as far as they fit. */
export function textOf(size: number): string {
  const pattern = "aé€😀";
  const octets = Buffer.byteLength(pattern);
  return pattern.repeat(Math.floor(size / octets)) + "x".repeat(size % octets);
}

/** `size` octets without a pattern that a shifted or swapped piece would fit into. */
export function binaryOf(size: number): Buffer {
  const random = seededRandom(size + 1);
  const block = Buffer.from(Array.from({ length: Math.min(size, 65_521) }, () => random() * 256));
  return Buffer.alloc(size, block.length === 0 ? undefined : block);
}

export const payloadOf = (kind: Kind, size: number): string | Buffer =>
  kind === "text" ? textOf(size) : binaryOf(size);

/** What two messages have to have in common, short enough for the message of a failure. */
export function summary(data: string | Uint8Array): { kind: Kind; size: number; sha1: string } {
  const octets = Buffer.from(data);
  const kind = typeof data === "string" ? "text" : "binary";
  return { kind, size: octets.length, sha1: createHash("sha1").update(octets).digest("hex") };
}

/** Cuts octets into `count` pieces of about the same size; there may be empty ones. */
export function cut(octets: Uint8Array, count: number): Uint8Array[] {
  const size = Math.ceil(octets.length / count);
  return Array.from({ length: count }, (_, i) => octets.subarray(i * size, (i + 1) * size));
}
