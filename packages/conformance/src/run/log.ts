import type { FrameFields } from "../wire/frame.ts";
import { toHex } from "../wire/octets.ts";

/** One line of what went over the wire. */
export interface LogEntry {
  /** Milliseconds since the connection was open. */
  readonly at: number;
  readonly from: "kit" | "peer";
  /** "frame", "part" of a frame, "octets" that are none, "end" of a half of the stream, or a "note". */
  readonly kind: "frame" | "part" | "octets" | "end" | "note";
  readonly frame?: LoggedFrame;
  /** For a note or an end. */
  readonly text?: string;
  /** The first octets in hexadecimal digits: of the payload, where there is a frame. */
  readonly octets?: string;
}

/** The header of a frame. */
export interface LoggedFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  /** The masking key in hexadecimal digits; null for none. */
  readonly key: string | null;
  readonly length: number;
}

const SHOWN_OCTETS = 32;
const FIRST = 60;
const LAST = 40;

/** The beginning and the end of what went over the wire; what is between is only counted. */
export class WireLog {
  readonly #first: LogEntry[] = [];
  readonly #last: LogEntry[] = [];
  #left = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  frame(
    from: LogEntry["from"],
    { fin = true, rsv = 0, opcode, payload }: FrameFields,
    key: number | null,
    part = false,
  ): void {
    const shown = key === null ? null : key.toString(16).padStart(8, "0");
    this.#add({
      from,
      kind: part ? "part" : "frame",
      frame: { fin, rsv, opcode, key: shown, length: payload.length },
      octets: preview(payload),
    });
  }

  octets(from: LogEntry["from"], octets: Uint8Array): void {
    this.#add({ from, kind: "octets", octets: preview(octets), text: `${octets.length} octets` });
  }

  end(from: LogEntry["from"], text: string): void {
    this.#add({ from, kind: "end", text });
  }

  note(text: string): void {
    this.#add({ from: "kit", kind: "note", text });
  }

  get entries(): LogEntry[] {
    if (this.#left === 0) return [...this.#first, ...this.#last];
    const between: LogEntry = {
      at: this.#last[0]?.at ?? 0,
      from: "kit",
      kind: "note",
      text: `${this.#left} more are left out here`,
    };
    return [...this.#first, between, ...this.#last];
  }

  #add(entry: Omit<LogEntry, "at">): void {
    const timed = { at: Math.round(this.#now() * 10) / 10, ...entry };
    if (this.#first.length < FIRST) this.#first.push(timed);
    else this.#last.push(timed);
    if (this.#last.length > LAST) {
      this.#last.shift();
      this.#left++;
    }
  }
}

function preview(octets: Uint8Array): string {
  return toHex(octets.subarray(0, SHOWN_OCTETS)) + (octets.length > SHOWN_OCTETS ? " …" : "");
}
