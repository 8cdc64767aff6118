import type { DeflateParameters } from "@plyws/permessage-deflate";
import type { Context } from "../explain/explain.ts";
import type { Sender } from "../explain/header-faults.ts";
import { agreedDeflate, type Opening, readOpening } from "./opening.ts";
import type { Packets } from "./packets.ts";
import { readSegment } from "./segment.ts";
import { readConnections, type Stream, type TcpConnection } from "./streams.ts";

/** What one side of a connection sent after the opening handshake, and how it is to be read. */
export interface Direction {
  /** For people: who sent it to whom. */
  readonly label: string;
  readonly octets: Uint8Array;
  readonly context: Context;
  /** Whether the opening handshake was there, so that all of this is known and not guessed. */
  readonly opened: boolean;
  /** What is not as it should be, in sentences. */
  readonly notes: readonly string[];
}

/** Finds the WebSocket connections of a capture. @returns their directions, and notes about the capture as a whole */
export function readDirections({ packets, cut }: Packets): { directions: Direction[]; notes: string[] } {
  const segments = packets.map(readSegment).filter((segment) => segment !== null);
  const { connections, cut: tooMany } = readConnections(segments);
  const notes = cut === null ? [] : [cut];
  if (tooMany) notes.push(`Only the first ${connections.length} connections are shown.`);
  if (segments.length === 0) {
    notes.push(
      packets.length === 0 ? "The capture is empty." : "No packet of the capture holds TCP over IP.",
    );
  }
  const others = new Map<string, number>();
  const directions = connections.flatMap((connection) => {
    const found = directionsOf(connection);
    if (typeof found !== "string") return found;
    others.set(found, (others.get(found) ?? 0) + 1);
    return [];
  });
  for (const [why, count] of others) {
    notes.push(`${count === 1 ? "A connection was" : `${count} connections were`} left out: ${why}.`);
  }
  return { directions: directions.toSorted((a, b) => Number(b.opened) - Number(a.opened)), notes };
}

/** The directions of a connection that sent anything; or why it is none of WebSocket. */
function directionsOf(connection: TcpConnection): Direction[] | string {
  const { first, second, fromFirst, fromSecond } = connection;
  if (fromFirst.octets.length + fromSecond.octets.length === 0) return "nothing was sent";
  const openings = [readOpening(fromFirst.octets), readOpening(fromSecond.octets)] as const;
  for (const opening of openings) if (opening.kind === "other") return opening.why;
  const turned = clientIsSecond(connection, openings);
  const [client, server] = turned ? [second, first] : [first, second];
  const [toServer, toClient] = turned ? [openings[1], openings[0]] : openings;
  const streams = turned ? [fromSecond, fromFirst] : [fromFirst, fromSecond];

  const response = toClient.kind === "response" ? toClient.head : null;
  const request = toServer.kind === "request" ? toServer.head : null;
  const deflate = response === null ? null : agreedDeflate(request, response);
  const target = request === null ? "" : ` ${request.target}`;
  const sides = [
    {
      label: `client${target}: ${client} → ${server}`,
      opening: toServer,
      stream: streams[0],
      from: "client",
    },
    {
      label: `server${target}: ${server} → ${client}`,
      opening: toClient,
      stream: streams[1],
      from: "server",
    },
  ] as const;
  return sides.flatMap(({ label, opening, stream, from }) => {
    if (opening.kind === "other" || stream === undefined || stream.octets.length === 0) return [];
    const context = { from, compression: compressionOf(deflate, from) };
    const opened = opening.kind !== "none";
    return [{ label, octets: opening.frames, context, opened, notes: notesOn(opening, stream) }];
  });
}

export function compressionOf(deflate: DeflateParameters | null, from: Sender): Context["compression"] {
  if (deflate === null) return null;
  return from === "client"
    ? { noContextTakeover: deflate.clientNoContextTakeover, windowBits: deflate.clientMaxWindowBits }
    : { noContextTakeover: deflate.serverNoContextTakeover, windowBits: deflate.serverMaxWindowBits };
}

/** Whether octets look as if they began with a masked frame, as those of a client do. */
export function masks(octets: Uint8Array): boolean {
  return ((octets[1] ?? 0) & 0x80) !== 0;
}

/** Who began is the client; where that is not in the capture, whoever masks. */
function clientIsSecond(
  { whole, fromFirst, fromSecond }: TcpConnection,
  [first, second]: readonly [Opening, Opening],
): boolean {
  if (first.kind === "request" || second.kind === "response") return false;
  if (second.kind === "request" || first.kind === "response") return true;
  return !whole && !masks(fromFirst.octets) && masks(fromSecond.octets);
}

function notesOn(opening: Opening, { gap }: Stream): string[] {
  const notes: string[] = [];
  if (opening.kind === "none") {
    notes.push(
      "The opening handshake is not in the capture: it is assumed that the octets begin with a frame, and that " +
        "nothing was negotiated.",
    );
  }
  if (gap > 0) {
    notes.push(
      `After these octets ${gap} are missing in the capture; what comes later is left out, since nobody knows where ` +
        "a frame begins there.",
    );
  }
  return notes;
}
