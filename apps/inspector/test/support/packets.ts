import { concat, octets } from "@plyws/testkit";

/** Captures, built field by field without a look at the code that reads them. */

const be16 = (value: number) => Uint8Array.of(value >> 8, value & 0xff);
const be32 = (value: number) =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
const zeros = (size: number) => new Uint8Array(size);

export interface TcpParts {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly flags?: string;
  readonly data?: Uint8Array | string;
  /** Octets of options, a multiple of four. */
  readonly options?: number;
}

export function tcp({ from, to, sequence, flags = "A", data = "", options = 0 }: TcpParts): Uint8Array {
  const bits = (flags.includes("S") ? 2 : 0) | (flags.includes("A") ? 16 : 0) | (flags.includes("F") ? 1 : 0);
  const head = Uint8Array.of((5 + options / 4) << 4, bits);
  return concat(be16(from), be16(to), be32(sequence), zeros(4), head, zeros(6), zeros(options), octets(data));
}

export function ipv4(
  segment: Uint8Array,
  { protocol = 6, fragment = 0, total = 20 + segment.length } = {},
): Uint8Array {
  return concat(
    Uint8Array.of(0x45, 0),
    be16(total),
    zeros(2),
    be16(fragment),
    Uint8Array.of(64, protocol, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1),
    segment,
  );
}

export function ipv6(segment: Uint8Array, extension = false): Uint8Array {
  const body = extension ? concat(Uint8Array.of(6, 0), zeros(6), segment) : segment;
  const address = concat(zeros(15), Uint8Array.of(1));
  return concat(
    Uint8Array.of(0x60, 0, 0, 0),
    be16(body.length),
    Uint8Array.of(extension ? 0 : 6, 64),
    address,
    address,
    body,
  );
}

/** Under the first headers of a link type, as `tcpdump --list-data-link-types` numbers them. */
export const LINKS: Readonly<Record<string, { linkType: number; wrap: (ip: Uint8Array) => Uint8Array }>> = {
  ethernet: { linkType: 1, wrap: (ip) => concat(zeros(12), typeOf(ip), ip, zeros(6)) },
  "ethernet with two VLAN tags": {
    linkType: 1,
    wrap: (ip) => concat(zeros(12), be16(0x88a8), be16(7), be16(0x8100), be16(8), typeOf(ip), ip),
  },
  "loopback of BSD": { linkType: 0, wrap: (ip) => concat(Uint8Array.of(2, 0, 0, 0), ip) },
  "Linux cooked": { linkType: 113, wrap: (ip) => concat(zeros(14), typeOf(ip), ip) },
  "Linux cooked, second version": { linkType: 276, wrap: (ip) => concat(typeOf(ip), zeros(18), ip) },
  raw: { linkType: 101, wrap: (ip) => ip },
};

const typeOf = (ip: Uint8Array) => be16(ip[0]! >> 4 === 6 ? 0x86dd : 0x0800);

type Number32 = (value: number) => Uint8Array;
const le32: Number32 = (value) => be32(value).toReversed();

export function pcap(
  packets: readonly Uint8Array[],
  { linkType = 101, little = true, nano = false } = {},
): Uint8Array {
  const word = little ? le32 : be32;
  const head = concat(word(nano ? 0xa1b23c4d : 0xa1b2c3d4), zeros(16), word(linkType));
  return concat(
    head,
    ...packets.map((packet) => concat(zeros(8), word(packet.length), word(packet.length), packet)),
  );
}

function block(type: number, body: Uint8Array, word: Number32): Uint8Array {
  const padded = concat(body, zeros(-body.length & 3));
  const size = word(padded.length + 12);
  return concat(word(type), size, padded, size);
}

export function pcapng(
  packets: readonly Uint8Array[],
  {
    linkType = 101,
    little = true,
    form = "enhanced",
  }: { linkType?: number; little?: boolean; form?: "enhanced" | "simple" | "old" } = {},
): Uint8Array {
  const word = little ? le32 : be32;
  const half = (value: number) => (little ? be16(value).toReversed() : be16(value));
  const section = block(0x0a0d0d0a, concat(word(0x1a2b3c4d), zeros(12)), word);
  const unknown = block(0x0bad, octets("a block that nobody knows"), word);
  const description = block(1, concat(half(linkType), zeros(6)), word);
  const blocks = packets.map((packet) => {
    const size = word(packet.length);
    if (form === "simple") return block(3, concat(size, packet), word);
    return block(form === "old" ? 2 : 6, concat(zeros(12), size, size, packet), word);
  });
  return concat(section, unknown, description, ...blocks);
}
