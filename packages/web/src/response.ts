import { encodeResponse, type HeaderSource, rejectUpgrade } from "@plyws/handshake";
import { startTimer, stopTimer } from "./platform.ts";
import { ignore, type Wire } from "./wire.ts";

/** The parts of a `Response` that are used. */
export interface ResponseLike {
  /** 200 to 599. */
  readonly status: number;
  readonly statusText?: string | undefined;
  readonly headers: HeaderSource;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** How long a peer has to take an answer and to close, in milliseconds. */
const ANSWER_TIMEOUT = 2000;

/** What this package sets itself: every answer ends the stream, and says how long it is. */
const OURS = new Set(["connection", "content-length", "transfer-encoding", "keep-alive", "upgrade"]);

/** A refusal that tells people why. */
export function refusal(status: number, message: string, headers: HeaderSource = []): Uint8Array {
  return encodeResponse(rejectUpgrade(status, { headers, body: `${message}\n` }));
}

/**
 * The octets of a response of the platform.
 *
 * @param bodyless whether it answers a HEAD
 * @throws TypeError, RangeError when it cannot be sent
 */
export async function encodePlatformResponse(response: ResponseLike, bodyless: boolean): Promise<Uint8Array> {
  const { status, statusText = "" } = response;
  if (!(status >= 200 && status <= 599)) throw new RangeError("The status of a response is from 200 to 599");
  const body = new Uint8Array(await response.arrayBuffer());
  const headers: [string, string][] = [];
  for (const [name, value] of response.headers) {
    if (!OURS.has(name.toLowerCase())) headers.push([name, value]);
  }
  headers.push(["Connection", "close"]);
  // RFC 9110 section 8.6: none in a response 204; that of a 304 would be about another one.
  if (status !== 204 && status !== 304) headers.push(["Content-Length", String(body.length)]);
  const reason = statusText === "" ? {} : { reason: statusText };
  return encodeResponse({ status, headers, ...reason, ...(bodyless ? {} : { body }) });
}

/** Answers, and ends the stream: nothing on it is read as HTTP again. Resolves when it is over, and never rejects. */
export async function answer(wire: Wire, octets: Uint8Array): Promise<void> {
  let timer: unknown;
  const late = new Promise<void>((resolve) => (timer = startTimer(ANSWER_TIMEOUT, resolve)));
  await Promise.race([finish(wire, octets), late]);
  stopTimer(timer);
  wire.drop();
}

async function finish(wire: Wire, octets: Uint8Array): Promise<void> {
  try {
    wire.write(octets).catch(ignore);
    await wire.close();
    // What still comes in is dropped, so that the peer can read the answer before the stream is gone.
    while ((await wire.read()) !== null);
  } catch {
    // The peer has gone without taking it.
  }
}
