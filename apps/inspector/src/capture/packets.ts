import { MAX_PACKETS } from "../limits.ts";

/** One packet as it was captured: as much of it as the capture holds. */
export interface Packet {
  /** The kind of its first header: one of https://www.tcpdump.org/linktypes.html */
  readonly linkType: number;
  readonly octets: Uint8Array;
}

export interface Packets {
  readonly packets: readonly Packet[];
  /** Why there may be more packets than these; null when there are not. */
  readonly cut: string | null;
}

export const TOO_MANY = `Only the first ${MAX_PACKETS} packets of the capture are read.`;
export const BROKEN_OFF = "The capture breaks off in the middle of a packet.";
