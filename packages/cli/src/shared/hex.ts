const WIDTH = 16;
const HALF = 8;

/** How many octets {@link hexDump} shows. */
export const DUMP_SIZE = 1024;

/**
 * Octets as people read them: the offset, sixteen octets in hexadecimal, and as ASCII where they are.
 *
 * @example
 * hexDump(Uint8Array.of(72, 105)); // ["00000000  48 69 …  |Hi|"]
 */
export function hexDump(octets: Uint8Array): string[] {
  const lines: string[] = [];
  const end = Math.min(octets.length, DUMP_SIZE);
  for (let at = 0; at < end; at += WIDTH)
    lines.push(dumpLine(octets.subarray(at, Math.min(at + WIDTH, end)), at));
  if (octets.length > end) lines.push(`… and ${octets.length - end} octets more`);
  return lines;
}

function dumpLine(octets: Uint8Array, at: number): string {
  const hex = [toHex(octets.subarray(0, HALF), " "), toHex(octets.subarray(HALF), " ")].join("  ");
  const ascii = Array.from(octets, (octet) =>
    octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : ".",
  );
  return `${at.toString(16).padStart(8, "0")}  ${hex.padEnd(WIDTH * 3)}  |${ascii.join("")}|`;
}

export function toHex(octets: Uint8Array, separator = ""): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(separator);
}

/** The octets of "48 65 6c" or "48656c", "0x48,0x65" too; null when the text is no such list of whole octets. */
export function parseHex(text: string): Uint8Array | null {
  const digits = text.replaceAll(/0x|[\s,:]+/gi, "");
  if (digits.length % 2 !== 0 || !/^[\da-f]*$/i.test(digits)) return null;
  return Uint8Array.from(Buffer.from(digits, "hex"));
}
