import type { CloseRecord, MessageData, WebSocketConnection } from "@plyws/node";
import { printable, printableLines, toJsonLine } from "../shared/escape.ts";
import { describeClose } from "../shared/explain.ts";
import { hexDump, toHex } from "../shared/hex.ts";
import type { Paint } from "../shared/paint.ts";

/** How a session shows what happens; null shows nothing. */
export interface View {
  opened(socket: WebSocketConnection): string | null;
  message(data: MessageData): string | Uint8Array | null;
  closed(record: CloseRecord): string | null;
}

/** For people: everything is printable, and what the peer says can be told from what this program says. */
export function terminalView(paint: Paint): View {
  return {
    opened: (socket) => {
      const agreed = [
        ...(socket.subprotocol === "" ? [] : [`subprotocol ${printable(socket.subprotocol)}`]),
        ...(socket.extensions === "" ? [] : [printable(socket.extensions)]),
      ];
      return `${paint("green", `Connected to ${printable(socket.url)}`)}${agreed.map((text) => `, ${text}`).join("")}\n`;
    },
    message: (data) => {
      const mark = paint("cyan", "<");
      if (typeof data === "string") return `${mark} ${printableLines(data, "  ")}\n`;
      const lines = [paint("dim", `binary, ${data.length} octets`), ...hexDump(data)];
      return `${mark} ${lines.join("\n  ")}\n`;
    },
    closed: (record) => `${paint(record.clean ? "dim" : "red", describeClose(record))}\n`,
  };
}

/** For programs that read lines: texts as they are, binary messages in hexadecimal. */
export const plainView: View = {
  opened: () => null,
  message: (data) => (typeof data === "string" ? `${data}\n` : `${toHex(data)}\n`),
  closed: () => null,
};

/** For programs that read octets: nothing but what came. */
export const rawView: View = { ...plainView, message: (data) => data };

/** For programs that want to know everything: one JSON value in every line. */
export const jsonView: View = {
  opened: ({ url, subprotocol, extensions, remoteAddress }) =>
    toJsonLine({ type: "open", time: now(), url, subprotocol, extensions, remoteAddress }),
  message: (data) =>
    toJsonLine(
      typeof data === "string"
        ? { type: "text", time: now(), size: Buffer.byteLength(data), data }
        : { type: "binary", time: now(), size: data.length, base64: Buffer.from(data).toString("base64") },
    ),
  closed: ({ code, reason, clean, initiator, error }) =>
    toJsonLine({ type: "close", time: now(), code, reason, clean, initiator, error: error?.message ?? null }),
};

const now = (): string => new Date().toISOString();
