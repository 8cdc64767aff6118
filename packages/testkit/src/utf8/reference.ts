type Interval = readonly [low: number, high: number];

/** The Unicode scalar values that UTF-8 writes in 1, 2, 3 and 4 octets (RFC 3629 section 4); surrogates are none. */
const SCALAR_VALUES: readonly (readonly Interval[])[] = [
  [[0, 0x7f]],
  [[0x80, 0x7ff]],
  [
    [0x800, 0xd7ff],
    [0xe000, 0xffff],
  ],
  [[0x1_0000, 0x10_ffff]],
];

/**
 * The index of the first octet at which the octets can no longer become UTF-8, whatever follows; their length when
 * they only end inside a code point; null when they are UTF-8. Slow and obvious: it asks at every octet whether a
 * scalar value exists that starts like this.
 */
export function firstInvalidOctet(data: Uint8Array): number | null {
  let at = 0;
  while (at < data.length) {
    const lead = data[at] ?? 0;
    // The count of leading ones is the length of the sequence; none means one octet, and one is no lead at all.
    const ones = Math.clz32(~(lead << 24));
    const length = ones === 0 ? 1 : ones;
    const scalars = ones === 1 ? undefined : SCALAR_VALUES[length - 1];
    if (scalars === undefined) return at;
    let value = lead & (0x7f >> ones);
    for (let have = 1; ; have++) {
      const free = 6 * (length - have);
      const low = value * 2 ** free;
      const high = low + 2 ** free - 1;
      if (!scalars.some((interval) => low <= interval[1] && high >= interval[0])) return at + have - 1;
      if (have === length) break;
      const next = data[at + have];
      if (next === undefined) return data.length;
      if (next >> 6 !== 0b10) return at + have;
      value = value * 64 + (next & 0x3f);
    }
    at += length;
  }
  return null;
}
