/** One line of a hex dump: the offset that it names, and its octets as pairs of digits. */
export interface DumpLine {
  readonly offset: number;
  readonly pairs: readonly string[];
}

/** `hexdump -C`, Wireshark and `od` show 16 octets in a line. */
const WIDTH = 16;

/**
 * Reads a line as `xxd`, `hexdump -C`, `tcpdump -X`, `od -t x1` and Wireshark write it: an offset, groups of digits, and
 * what they are as text, which is left out.
 *
 * @param expected the offset after the line before, null when there was none
 * @returns null when the line is not one of a dump
 */
export function readDumpLine(line: string, expected: number | null): DumpLine | null {
  // "00000010: 8185 37fa" and "0x0010:  8185 37fa", whatever their width.
  const colon = /^\s*(?:0x)?([0-9a-f]{4,16}):(?=\s)/i.exec(line);
  if (colon !== null) {
    return {
      offset: Number.parseInt(colon[1] ?? "", 16),
      pairs: pairsOf(line.slice(colon[0].length), Infinity),
    };
  }
  // "00000010  81 85" and "0010   81 85"; "0000020 81 85" has the odd number of digits that octets never have.
  const plain =
    /^\s*([0-9a-f]{4,8})(?=\s{2}|$)/i.exec(line) ?? /^\s*([0-9a-f]{5}|[0-9a-f]{7})(?=\s|$)/i.exec(line);
  if (plain === null) return null;
  const digits = plain[1] ?? "";
  const rest = line.slice(plain[0].length);
  const offset = offsetOf(digits, expected);
  // A last line of nothing but the length, as hexdump and od write it.
  if (rest.trim() === "") return expected !== null && offset === expected ? { offset, pairs: [] } : null;
  if (offset === null || !/^\s+[0-9a-f]{2}(?:\s|$)/i.test(rest)) return null;
  return { offset, pairs: pairsOf(rest, WIDTH) };
}

/** The number that an offset stands for, in hex or (`od`) in octal; null when it cannot be one. */
function offsetOf(digits: string, expected: number | null): number | null {
  const hex = Number.parseInt(digits, 16);
  if (hex === expected || hex % WIDTH === 0) return hex;
  const octal = /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
  return octal === expected ? octal : null;
}

/** The pairs up to the text at the right: it stands behind a gap, or behind a bar. */
function pairsOf(rest: string, width: number): string[] {
  const pairs: string[] = [];
  const group = /(\s+)((?:[0-9a-f]{2})+)(?=\s|$)/giy;
  for (let match = group.exec(rest); match !== null; match = group.exec(rest)) {
    const [, gap = "", digits = ""] = match;
    // Two spaces in the middle of a line of single octets are no gap.
    const inMiddle = pairs.length === 8 && digits.length === 2 && gap.length === 2 && width === WIDTH;
    if (pairs.length >= width || (pairs.length > 0 && gap.length > 1 && !inMiddle)) break;
    for (let at = 0; at < digits.length; at += 2) pairs.push(digits.slice(at, at + 2));
  }
  return pairs;
}
