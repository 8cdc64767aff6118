import { isCloseCode, MAX_REASON_SIZE } from "@plyws/frame";
import { parseHex } from "../shared/hex.ts";

/** What a line that was typed asks for. */
export type Typed =
  | { readonly kind: "nothing" }
  | { readonly kind: "message"; readonly data: string | Uint8Array }
  | { readonly kind: "ping" }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly message: string };

/** The commands of a session, for help and for completion by the tab key. */
export const COMMANDS = ["/ping", "/close ", "/binary ", "/help"];

export const TYPED_HELP = [
  "/ping                    sends a Ping and shows how long the answer took",
  "/close [code] [reason]   closes the connection: 1000, or a code from 3000 to 4999 for instance",
  "/binary <hex>            sends octets as a binary message: /binary 48 65 6c 6c 6f",
  "//text                   sends a text that begins with a slash",
  "Ctrl-D or Ctrl-C         closes the connection; Ctrl-C again ends at once",
];

/** Understands a line that was typed in a session. */
export function parseTyped(line: string, binary: boolean): Typed {
  if (line === "") return { kind: "nothing" };
  if (line.startsWith("//")) return { kind: "message", data: line.slice(1) };
  if (!line.startsWith("/")) return binary ? parseBinary(line) : { kind: "message", data: line };
  const [, command = "", rest = ""] = /^\/(\S*)\s*(.*?)\s*$/s.exec(line) ?? [];
  switch (command) {
    case "ping":
      return rest === "" ? { kind: "ping" } : mistake("/ping takes nothing more.");
    case "close":
      return parseClose(rest);
    case "binary":
      return rest === "" ? mistake("/binary takes octets: /binary 48 65 6c 6c 6f") : parseBinary(rest);
    case "help":
      return { kind: "help" };
    default:
      return mistake(`There is no /${command}. /help shows what there is; //${command} sends it as a text.`);
  }
}

function parseBinary(text: string): Typed {
  const data = parseHex(text);
  return data === null
    ? mistake("Octets are pairs of hexadecimal digits, such as 48 65 6c 6c 6f.")
    : { kind: "message", data };
}

function parseClose(text: string): Typed {
  const [, digits = "", reason = ""] = /^(\d*)\s*(.*)$/s.exec(text) ?? [];
  const code = digits === "" ? 1000 : Number(digits);
  // RFC 6455 section 7.4: the others are never sent.
  if (!isCloseCode(code)) return mistake("A close code is 1000 to 1003, 1007 to 1014, or 3000 to 4999.");
  const size = Buffer.byteLength(reason);
  if (size > MAX_REASON_SIZE) return mistake(`A reason has at most ${MAX_REASON_SIZE} octets, not ${size}.`);
  return { kind: "close", code, reason };
}

const mistake = (message: string): Typed => ({ kind: "mistake", message });
