import { compressionOf, type Direction, masks, readDirections } from "../capture/directions.ts";
import { agreedDeflate, readOpening } from "../capture/opening.ts";
import type { Packets } from "../capture/packets.ts";
import { readCapture } from "../capture/pcap.ts";
import { readSegment } from "../capture/segment.ts";
import { MAX_FILE_SIZE } from "../limits.ts";
import { type ParsedText, parseText } from "./text.ts";

/** What was found in a file or in a text: at least one direction, when it is ok. */
export type Found =
  | { readonly ok: true; readonly directions: readonly Direction[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Link types that a dump of packets may have, which does not name its own: RAW and ETHERNET. */
const DUMPED_LINK_TYPES = [101, 1];

/** Reads a file: a capture (pcap, pcapng), a dump as text, or the octets themselves. */
export function readFile(name: string, octets: Uint8Array): Found {
  if (octets.length > MAX_FILE_SIZE) {
    return refuse(
      `The file is larger than ${MAX_FILE_SIZE / 1024 / 1024} MiB; cut it, for instance with editcap.`,
    );
  }
  if (octets.length === 0) return refuse("The file is empty.");
  const capture = readCapture(octets);
  if (capture !== null) return inCapture(capture);
  const parsed = isText(octets) ? parseText(new TextDecoder().decode(octets)) : null;
  return parsed?.ok === true && parsed.octets.length > 0 ? inText(name, parsed) : inOctets(name, octets);
}

/** Reads a text that somebody typed or pasted. */
export function readText(text: string): Found & { form?: string } {
  const parsed = parseText(text);
  return parsed.ok ? { ...inText("pasted", parsed), form: parsed.form } : refuse(parsed.problem);
}

function inText(label: string, { octets, parts }: ParsedText & { ok: true }): Found {
  for (const linkType of DUMPED_LINK_TYPES) {
    const packets = parts.map((part) => ({ linkType, octets: part }));
    if (packets.every((packet) => readSegment(packet) !== null)) return inCapture({ packets, cut: null });
  }
  return inOctets(label, octets);
}

function inCapture(packets: Packets): Found {
  const { directions, notes } = readDirections(packets);
  if (directions.length > 0) return { ok: true, directions, notes };
  return refuse(`There is no WebSocket connection in the capture. ${notes.join(" ")}`);
}

/** Octets without a word about where they come from; those of a stream may begin with the opening handshake. */
function inOctets(label: string, octets: Uint8Array): Found {
  const opening = readOpening(octets);
  if (opening.kind === "other") return refuse(`This is ${opening.why}.`);
  const opened = opening.kind !== "none";
  const from = opening.kind === "request" || (!opened && masks(octets)) ? "client" : "server";
  const deflate = opening.kind === "response" ? agreedDeflate(null, opening.head) : null;
  const context = { from, compression: compressionOf(deflate, from) } as const;
  const notes = opened ? ["The opening handshake in front of the frames was left out."] : [];
  return { ok: true, directions: [{ label, octets: opening.frames, context, opened, notes }], notes: [] };
}

function isText(octets: Uint8Array): boolean {
  return octets.every(
    (octet) => (octet >= 0x20 && octet < 0x7f) || octet === 9 || octet === 10 || octet === 13,
  );
}

const refuse = (problem: string): { ok: false; problem: string } => ({ ok: false, problem });
