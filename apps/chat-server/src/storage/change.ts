import { parseId } from "@plyws/rooms";
import type { Message } from "../protocol/answers.ts";

/** What became of a message. */
export type Change =
  | { readonly text: string; readonly edited: number }
  /** Its content is removed for good. */
  | "deleted";

/** What is kept of a message, after a change. */
export function changed(data: string, change: Change): string {
  const entry = JSON.parse(data);
  if (change !== "deleted") return JSON.stringify({ ...entry, ...change });
  const { file: _file, edited: _edited, ...rest } = entry;
  return JSON.stringify({ ...rest, text: "", deleted: true });
}

/** A message of what is kept of it, and its place. */
export function toMessage(seq: string, data: string): Message {
  return { seq, at: parseId(seq)?.time ?? 0, ...JSON.parse(data) };
}
