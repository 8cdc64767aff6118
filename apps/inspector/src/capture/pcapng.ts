import { MAX_PACKETS } from "../limits.ts";
import { BROKEN_OFF, type Packet, type Packets, TOO_MANY } from "./packets.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
/** How the byte-order magic of a section looks to those who have its order right. */
const BYTE_ORDER = 0x1a2b3c4d;

/** Reads the packets of a pcapng file; blocks of other types are passed over. */
export function readPcapng(file: Uint8Array, view: DataView): Packets {
  const packets: Packet[] = [];
  let little = true;
  /** The link types of the interfaces of the current section. */
  let interfaces: number[] = [];
  for (let at = 0; at < file.length; ) {
    if (packets.length === MAX_PACKETS) return { packets, cut: TOO_MANY };
    if (file.length - at < 12) return { packets, cut: BROKEN_OFF };
    if (view.getUint32(at) === SECTION_HEADER) {
      little = view.getUint32(at + 8, true) === BYTE_ORDER;
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const size = view.getUint32(at + 4, little);
    if (size < 12 || size > file.length - at) return { packets, cut: BROKEN_OFF };
    const body = at + 8;
    const end = at + size - 4;
    if (type === INTERFACE_DESCRIPTION && end - body >= 8) interfaces.push(view.getUint16(body, little));
    const found = locate(view, type, body, end, little);
    const linkType = found === null ? undefined : interfaces[found.interface];
    if (found !== null && linkType !== undefined) {
      packets.push({ linkType, octets: file.subarray(found.start, Math.min(found.start + found.size, end)) });
    }
    at += size;
  }
  return { packets, cut: null };
}

/** Where the packet of a block is, null when it has none. */
function locate(
  view: DataView,
  type: number,
  body: number,
  end: number,
  little: boolean,
): { interface: number; start: number; size: number } | null {
  if (type === SIMPLE_PACKET && end - body >= 4) {
    return { interface: 0, start: body + 4, size: view.getUint32(body, little) };
  }
  if ((type !== ENHANCED_PACKET && type !== OLD_PACKET) || end - body < 20) return null;
  const number = type === OLD_PACKET ? view.getUint16(body, little) : view.getUint32(body, little);
  return { interface: number, start: body + 20, size: view.getUint32(body + 12, little) };
}
