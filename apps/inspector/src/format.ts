/** One line of octets, as a hex dump shows them. */
export interface HexRow {
  /** Of the first octet. */
  readonly offset: number;
  readonly hex: readonly string[];
  /** One character for each octet, a dot for those that are not printable ASCII. */
  readonly text: string;
}

/** Octets in rows, each with the offset that it has when the first octet has `offset`. */
export function hexRows(octets: Uint8Array, offset: number, width: number): HexRow[] {
  const rows: HexRow[] = [];
  for (let at = 0; at < octets.length; at += width) {
    const row = octets.subarray(at, at + width);
    rows.push({
      offset: offset + at,
      hex: Array.from(row, pair),
      text: Array.from(row, (octet) =>
        octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : ".",
      ).join(""),
    });
  }
  return rows;
}

/** Octets as pairs of digits with spaces between. */
export function toHex(octets: Uint8Array): string {
  return Array.from(octets, pair).join(" ");
}

/** "1 frame", "2 frames". */
export function count(number: number | bigint, one: string): string {
  return `${number.toLocaleString("en")} ${one}${Number(number) === 1 ? "" : "s"}`;
}

const pair = (octet: number): string => octet.toString(16).padStart(2, "0");
