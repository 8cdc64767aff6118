import type { Context } from "./explain/explain.ts";
import { toHex } from "./format.ts";

/** What is looked at, as far as a link can say it. */
export interface View {
  readonly octets: Uint8Array;
  readonly context: Context;
  /** The frame that is open, counted from 0; null for none. */
  readonly frame: number | null;
}

/** Longer ones are not put into a link, in octets. */
export const MAX_LINKED = 4096;

/** A view as the fragment of an address, without the "#": `octets=8105…&from=server`. Empty when it is too long. */
export function toFragment({ octets, context, frame }: View): string {
  if (octets.length === 0 || octets.length > MAX_LINKED) return "";
  const params = new URLSearchParams({ octets: toHex(octets).replaceAll(" ", ""), from: context.from });
  if (context.compression !== null) {
    const { noContextTakeover, windowBits } = context.compression;
    params.set("deflate", String(windowBits));
    if (noContextTakeover) params.set("takeover", "no");
  }
  if (frame !== null) params.set("frame", String(frame + 1));
  return params.toString();
}

/** Reads such a fragment, with or without the "#", whoever wrote it. Null when there is no view in it. */
export function fromFragment(fragment: string): View | null {
  const params = new URLSearchParams(fragment.replace(/^#/, ""));
  const digits = params.get("octets") ?? "";
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits) || digits.length > 2 * MAX_LINKED) return null;
  const octets = Uint8Array.from(digits.match(/../g) ?? [], (digitPair) => Number.parseInt(digitPair, 16));
  const bits = /^(?:[89]|1[0-5])$/.exec(params.get("deflate") ?? "");
  const compression =
    bits === null
      ? null
      : { noContextTakeover: params.get("takeover") === "no", windowBits: Number(bits[0]) };
  const frame = /^[1-9]\d{0,4}$/.exec(params.get("frame") ?? "");
  return {
    octets,
    context: { from: params.get("from") === "client" ? "client" : "server", compression },
    frame: frame === null ? null : Number(frame[0]) - 1,
  };
}
