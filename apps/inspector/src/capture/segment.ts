import type { Packet } from "./packets.ts";

/** What a packet says about a TCP connection. */
export interface Segment {
  /** Address and port, such as "127.0.0.1:9001" or "[::1]:9001". */
  readonly source: string;
  readonly destination: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly ack: boolean;
  /** As much as was captured. */
  readonly data: Uint8Array;
}

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** Tags of VLANs, which stand before the type. */
const TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8]);
const TCP = 6;

/** Reads the TCP segment in a packet; null when there is none, or too little of it. */
export function readSegment({ linkType, octets }: Packet): Segment | null {
  const start = networkOffset(linkType, octets);
  if (start === null || start >= octets.length) return null;
  const version = octets[start]! >> 4;
  if (version === 4) return readIpv4(octets.subarray(start));
  return version === 6 ? readIpv6(octets.subarray(start)) : null;
}

/** Where the IP header begins, by the link type. */
function networkOffset(linkType: number, octets: Uint8Array): number | null {
  switch (linkType) {
    case 0: // NULL: the loopback of BSD and macOS, four octets with the family
    case 108: // LOOP
      return 4;
    case 1: // ETHERNET
      return afterTags(octets, 12);
    case 12: // RAW, as some systems number it
    case 14:
    case 101: // RAW
    case 228: // IPV4
    case 229: // IPV6
      return 0;
    case 113: // LINUX_SLL
      return afterTags(octets, 14);
    case 276: // LINUX_SLL2: the type is in front
      return isIp(uint16(octets, 0)) ? 20 : null;
    default:
      return null;
  }
}

function afterTags(octets: Uint8Array, typeAt: number): number | null {
  let at = typeAt;
  while (TAGS.has(uint16(octets, at)) && at < octets.length) at += 4;
  return isIp(uint16(octets, at)) ? at + 2 : null;
}

const isIp = (type: number): boolean => type === IPV4 || type === IPV6;

function readIpv4(ip: Uint8Array): Segment | null {
  const headerSize = (ip[0]! & 0x0f) * 4;
  // A fragment that is not the whole: the offset, or "more fragments".
  if (ip.length < 20 || headerSize < 20 || ip[9] !== TCP || (uint16(ip, 6) & 0x3fff) !== 0) return null;
  // 0 where the network card was to cut it: then all that is there. After the end Ethernet may have padding.
  const total = uint16(ip, 2) || ip.length;
  const [source, destination] = [12, 16].map((at) => ip.subarray(at, at + 4).join("."));
  return readTcp(ip.subarray(headerSize, total), source ?? "", destination ?? "");
}

/** Hop-by-hop options, routing, destination options: headers that may stand before TCP. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);

function readIpv6(ip: Uint8Array): Segment | null {
  if (ip.length < 40) return null;
  const total = uint16(ip, 4) === 0 ? ip.length : 40 + uint16(ip, 4);
  let next = ip[6]!;
  let at = 40;
  while (EXTENSIONS.has(next) && at + 8 <= ip.length) {
    next = ip[at]!;
    at += (ip[at + 1]! + 1) * 8;
  }
  if (next !== TCP) return null;
  return readTcp(ip.subarray(at, total), ipv6Name(ip.subarray(8, 24)), ipv6Name(ip.subarray(24, 40)));
}

function readTcp(tcp: Uint8Array, source: string, destination: string): Segment | null {
  if (tcp.length < 20) return null;
  const headerSize = (tcp[12]! >> 4) * 4;
  if (headerSize < 20) return null;
  return {
    source: `${source}:${uint16(tcp, 0)}`,
    destination: `${destination}:${uint16(tcp, 2)}`,
    sequence: uint16(tcp, 4) * 0x1_0000 + uint16(tcp, 6),
    syn: (tcp[13]! & 0x02) !== 0,
    ack: (tcp[13]! & 0x10) !== 0,
    data: tcp.subarray(headerSize),
  };
}

/** RFC 5952: the longest run of zeros becomes "::". In brackets, since a port follows. */
function ipv6Name(octets: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => uint16(octets, 2 * index).toString(16));
  const zeros = groups.join(":").matchAll(/(?<![^:])0(?::0)+(?![^:])/g);
  const [longest] = [...zeros].map(([run]) => run).toSorted((a, b) => b.length - a.length);
  const name = groups.join(":");
  if (longest === undefined) return `[${name}]`;
  const at = name.search(new RegExp(`(?<![^:])${longest}(?![^:])`));
  const shorter = `${name.slice(0, at).replace(/:$/, "")}::${name.slice(at + longest.length).replace(/^:/, "")}`;
  return `[${shorter}]`;
}

function uint16(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
}
