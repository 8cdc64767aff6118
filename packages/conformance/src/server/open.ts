import type { Duplex } from "node:stream";
import { SocketLine } from "../run/socket-line.ts";
import { type Head, HeadReader, hasToken, listOf, statusOf, valuesOf } from "../wire/head.ts";
import { acceptFor } from "../wire/key.ts";
import { latin1 } from "../wire/octets.ts";
import { dial, type Target } from "./dial.ts";

/** What a server answered to a request. */
export interface Answer {
  readonly line: SocketLine;
  readonly request: string;
  /** Null when there was no head before the end of TCP, or of the time. */
  readonly head: Head | null;
  /** The head as it came, also one that is not complete. */
  readonly response: string;
  /** What came after the head. */
  readonly early: Uint8Array;
  /** What came instead of a head. */
  readonly ended: "end" | "reset" | "late" | null;
}

/**
 * Sends a request and reads the head of the answer.
 *
 * @param chop how many octets are written at a time; 0 for all at once
 * @param early what is written together with the request
 * @throws Error when there is no connection
 */
export async function ask(
  target: Target,
  request: string,
  { timeout, chop = 0, early = new Uint8Array() }: { timeout: number; chop?: number; early?: Uint8Array },
): Promise<Answer> {
  const socket = await dial(target, timeout);
  const line = new SocketLine(socket);
  const reader = new HeadReader();
  const answered = new Promise<Pick<Answer, "head" | "early" | "ended">>((resolve) => {
    const none = (ended: "end" | "reset" | "late"): void =>
      resolve({ head: null, early: new Uint8Array(), ended });
    const late = setTimeout(() => none("late"), timeout);
    line.listener = {
      received(octets) {
        try {
          const read = reader.receive(octets);
          if (read === null) return;
          clearTimeout(late);
          // The line keeps what comes until the case listens.
          line.listener = null;
          resolve({ head: read.head, early: read.rest, ended: null });
        } catch {
          none("reset");
        }
      },
      ended(how) {
        clearTimeout(late);
        none(how);
      },
    };
  });
  await write(socket, line, latin1(request), chop, early);
  const { head, early: rest, ended } = await answered;
  return { line, request, head, early: rest, ended, response: head?.text ?? reader.text };
}

async function write(
  socket: Duplex,
  line: SocketLine,
  octets: Uint8Array,
  chop: number,
  early: Uint8Array,
): Promise<void> {
  if (chop === 0) {
    socket.write(Buffer.concat([octets, early]));
    return;
  }
  for (let at = 0; at < octets.length && socket.writable; at += chop) {
    line.write(octets.subarray(at, at + chop));
    await line.turn();
  }
  if (early.length > 0) line.write(early);
}

/**
 * What is wrong with an answer as the acceptance of a request (RFC 6455 section 4.2.2), as half a sentence; null when
 * nothing is.
 */
export function faultOfAcceptance(head: Head, key: string): string | null {
  const status = statusOf(head);
  if (status !== 101) return `the answer is "${head.line}"`;
  if (!head.line.startsWith("HTTP/1.1 ")) return `the answer is "${head.line}", not of HTTP/1.1`;
  const upgrade = valuesOf(head, "upgrade");
  if (upgrade.length !== 1 || upgrade[0]?.toLowerCase() !== "websocket") {
    return `Upgrade is "${upgrade.join(", ")}", not "websocket"`;
  }
  const connection = listOf(head, "connection");
  if (!hasToken(connection, "upgrade")) return `Connection is "${connection ?? ""}", without "Upgrade"`;
  const accept = valuesOf(head, "sec-websocket-accept");
  if (accept.length !== 1 || accept[0] !== acceptFor(key)) {
    return `Sec-WebSocket-Accept is "${accept.join(", ")}", not "${acceptFor(key)}"`;
  }
  for (const name of ["content-length", "transfer-encoding"]) {
    if (valuesOf(head, name).length > 0) return `a 101 answer has ${name} (RFC 9110 section 6.4.1)`;
  }
  return null;
}
