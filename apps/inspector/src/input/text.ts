import { MAX_TEXT_LENGTH } from "../limits.ts";
import { readDumpLine } from "./dump.ts";

export type ParsedText =
  | {
      readonly ok: true;
      readonly octets: Uint8Array;
      /** What it was read as. */
      readonly form: "hex" | "dump" | "base64";
      /** The same in parts: a dump whose offsets begin anew has several, most likely one for each packet. */
      readonly parts: readonly Uint8Array[];
    }
  | { readonly ok: false; readonly problem: string };

/** What `tcpdump -X` says about a packet before its octets. */
const TCPDUMP_HEADING = /^\d\d:\d\d:\d\d\.\d+ IP|^\s+\S+ > \S+: Flags \[/;

/**
 * Reads octets that somebody pasted: hex with or without separators, prefixes and comments (`#` and `//`), the lines of a
 * hex dump, or base64. What can be both is hex; `base64:` in front says that it is not.
 */
export function parseText(text: string): ParsedText {
  if (text.length > MAX_TEXT_LENGTH) {
    return problem(
      `This is longer than ${MAX_TEXT_LENGTH / 1024 / 1024} Mi characters; open it as a file instead.`,
    );
  }
  const prefixed = /^\s*(?:base64:|data:[^,]{0,200};base64,)/i.exec(text);
  if (prefixed !== null) {
    return parseBase64(text.slice(prefixed[0].length)) ?? problem("What follows the prefix is not base64.");
  }
  const read = readHex(text);
  if (read.ok) return read;
  return (looksLikeBase64(text) && parseBase64(text)) || read;
}

function readHex(text: string): ParsedText {
  const octets: number[] = [];
  const starts: number[] = [0];
  let expected: number | null = null;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const dump = readDumpLine(line, expected);
    if (dump !== null) {
      if (dump.offset === 0 && octets.length > 0) starts.push(octets.length);
      for (const pair of dump.pairs) octets.push(Number.parseInt(pair, 16));
      expected = dump.offset + dump.pairs.length;
      continue;
    }
    if (/^\s*[0-9a-f]{7}(?: [0-9a-f]{4})+\s*$/i.test(line)) {
      return problem(
        `Line ${index + 1} is of plain hexdump, which swaps octets: use hexdump -C or xxd instead.`,
      );
    }
    if (TCPDUMP_HEADING.test(line)) continue;
    const wrong = readLine(line, octets);
    if (wrong !== null) return problem(`Line ${index + 1}, column ${wrong.column}: ${wrong.what}`);
  }
  const whole = Uint8Array.from(octets);
  const parts = starts.map((start, index) => whole.subarray(start, starts[index + 1]));
  return { ok: true, octets: whole, form: expected === null ? "hex" : "dump", parts };
}

/** One run of digits after another; whatever people put around them is passed over. */
function readLine(line: string, into: number[]): { column: number; what: string } | null {
  const comment = line.search(/#|\/\//);
  const code = comment < 0 ? line : line.slice(0, comment);
  const token = /(0x|\\x|\\u00|%)?([0-9a-f]+)|[\s,;:._|<>{}()[\]"'`&+-]+|(\S)/giy;
  for (let match = token.exec(code); match !== null; match = token.exec(code)) {
    const [whole, prefix, digits, stranger] = match;
    const column = match.index + 1;
    if (stranger !== undefined) return { column, what: `“${stranger}” is not hexadecimal.` };
    if (digits === undefined) continue;
    // "0x5" is an octet; elsewhere a single digit is more likely to be half of one.
    const even = digits.length === 1 && prefix !== undefined ? `0${digits}` : digits;
    const next = code[token.lastIndex];
    if (next !== undefined && /[g-z]/i.test(next)) {
      return { column: token.lastIndex + 1, what: `“${next}” is not hexadecimal.` };
    }
    if (even.length % 2 !== 0) return { column, what: `“${shorten(whole)}” has an odd number of digits.` };
    for (let at = 0; at < even.length; at += 2) into.push(Number.parseInt(even.slice(at, at + 2), 16));
  }
  return null;
}

const shorten = (text: string): string => (text.length > 20 ? `${text.slice(0, 20)}…` : text);

/** Without spaces within a line, and of a length that it has; the alphabet for URLs goes without padding. */
function looksLikeBase64(text: string): boolean {
  const lines = text.trim().split(/\r\n|\r|\n/);
  const size = lines.reduce((sum, line) => sum + line.length, 0);
  if (size < 8 || (size % 4 !== 0 && !/[-_]/.test(text))) return false;
  return lines.every((line) => /^[\w+/-]+={0,2}$/.test(line));
}

/** Null: it is not base64, of either alphabet. */
function parseBase64(text: string): ParsedText | null {
  const digits = text
    .replaceAll(/\s/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/={1,2}$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1) return null;
  const octets = Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
  return { ok: true, octets, form: "base64", parts: [octets] };
}

const problem = (text: string): ParsedText => ({ ok: false, problem: text });
