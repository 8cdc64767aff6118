import { Opcode } from "@plyws/frame";
import type { RequestHead, ResponseHead } from "@plyws/handshake";
import { formatFrame, type Traced } from "@plyws/node";
import { printable, toJsonLine } from "../shared/escape.ts";
import { toHex } from "../shared/hex.ts";
import type { Paint } from "../shared/paint.ts";
import type { Violation } from "./rules.ts";

/** Who has sent something. */
export type Direction = Traced["direction"];

/** How what is seen of a connection is written: lines, each with its end. */
export interface FrameView {
  frame(frame: Traced): string;
  violation(direction: Direction, text: Violation): string;
  head(direction: Direction, head: RequestHead | ResponseHead): string;
  note(text: string): string;
}

const ARROWS: Readonly<Record<Direction, string>> = { sent: ">", received: "<" };

/** For people. @param id of the connection, where there are several */
export function linesView(paint: Paint, id: number | null = null): FrameView {
  const line = (text: string): string =>
    `${id === null ? "" : `#${id} `}${paint("dim", new Date().toISOString().slice(11, 23))} ${text}\n`;
  return {
    frame: (frame) => {
      const text = formatFrame(frame);
      return line(
        `${paint(frame.direction === "sent" ? "yellow" : "cyan", text.slice(0, 1))}${text.slice(1)}`,
      );
    },
    violation: (direction, text) => line(paint("red", `${ARROWS[direction]} violation: ${printable(text)}`)),
    head: (direction, head) => {
      const fields = Array.from(
        head.headers,
        ([name, value]) => `\n    ${printable(name)}: ${printable(value)}`,
      );
      return line(`${ARROWS[direction]} ${paint("bold", printable(startLineOf(head)))}${fields.join("")}`);
    },
    note: (text) => line(paint("dim", printable(text))),
  };
}

/** For programs: one JSON value in every line. */
export function jsonFrameView(id: number | null = null): FrameView {
  const line = (value: object): string =>
    toJsonLine({ ...value, ...(id === null ? {} : { connection: id }), time: new Date().toISOString() });
  return {
    frame: (frame) => line(jsonOf(frame)),
    violation: (direction, text) => line({ type: "violation", direction, text }),
    head: (direction, head) =>
      line({ type: "head", direction, startLine: startLineOf(head), headers: [...head.headers] }),
    note: (text) => line({ type: "note", text }),
  };
}

function startLineOf(head: RequestHead | ResponseHead): string {
  if ("status" in head) return `HTTP/${head.httpVersion} ${head.status} ${head.reason}`;
  return `${head.method} ${head.target} HTTP/${head.httpVersion}`;
}

function jsonOf(frame: Traced): object {
  const { direction } = frame;
  if (frame.error !== null) {
    return { type: "no-frame", direction, error: frame.error.code, hex: toHex(frame.octets) };
  }
  const { fin, rsv, opcode, masked, payloadLength, preview } = frame;
  const [name = "", code] = Object.entries(Opcode).find(([, value]) => value === opcode) ?? [];
  return {
    type: "frame",
    direction,
    fin,
    rsv1: (rsv & 0x40) !== 0,
    rsv2: (rsv & 0x20) !== 0,
    rsv3: (rsv & 0x10) !== 0,
    opcode: code,
    name: name.toLowerCase(),
    masked,
    length: payloadLength,
    // The beginning, unmasked.
    hex: toHex(preview),
  };
}
