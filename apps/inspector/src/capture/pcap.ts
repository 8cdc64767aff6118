import { MAX_PACKETS } from "../limits.ts";
import { BROKEN_OFF, type Packet, type Packets, TOO_MANY } from "./packets.ts";
import { readPcapng } from "./pcapng.ts";

const PCAP_MAGIC: ReadonlySet<number> = new Set([0xa1b2c3d4, 0xa1b23c4d]);
const PCAPNG_MAGIC = 0x0a0d0d0a;

/** Reads the packets of a pcap or pcapng file; null when it is neither. */
export function readCapture(file: Uint8Array): Packets | null {
  if (file.length < 24) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0) === PCAPNG_MAGIC) return readPcapng(file, view);
  for (const little of [true, false]) {
    if (PCAP_MAGIC.has(view.getUint32(0, little))) return readPcap(file, view, little);
  }
  return null;
}

function readPcap(file: Uint8Array, view: DataView, little: boolean): Packets {
  // The upper bits tell of a frame check sequence.
  const linkType = view.getUint32(20, little) & 0xffff;
  const packets: Packet[] = [];
  for (let at = 24; at < file.length; ) {
    if (packets.length === MAX_PACKETS) return { packets, cut: TOO_MANY };
    if (file.length - at < 16) return { packets, cut: BROKEN_OFF };
    const size = view.getUint32(at + 8, little);
    at += 16;
    if (size > file.length - at) return { packets, cut: BROKEN_OFF };
    packets.push({ linkType, octets: file.subarray(at, at + size) });
    at += size;
  }
  return { packets, cut: null };
}
