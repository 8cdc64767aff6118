import type { Duplex } from "node:stream";
import { encodeResponse, type HeaderSource, type HttpResponse, rejectUpgrade } from "@plyws/handshake";

/** How long a refused peer has to take the answer and close, in milliseconds. */
const REFUSAL_TIMEOUT = 2000;

/** Answers with an error and ends the stream: nothing on it is read as HTTP again. */
export function answer(stream: Duplex, response: HttpResponse): void {
  if (stream.destroyed) return;
  stream.end(encodeResponse(response));
  // What still comes in is dropped, so that the peer can read the answer before the stream is gone.
  stream.resume();
  const timer = setTimeout(() => stream.destroy(), REFUSAL_TIMEOUT);
  stream.once("close", () => clearTimeout(timer));
}

/** A refusal that tells people why. */
export function refusal(status: number, message: string, headers: HeaderSource = []): HttpResponse {
  return rejectUpgrade(status, { headers, body: `${message}\n` });
}

export const FULL = refusal(503, "The server has no room for another connection");
export const TOO_MANY = refusal(429, "Too many connections from this address");
export const NO_HEAD = refusal(408, "The head of the request took too long");
export const NO_DECISION = refusal(503, "The server took too long to decide on the request");
export const BROKEN = refusal(500, "The server could not decide on the request");
export const SHUTTING_DOWN = refusal(503, "The server is shutting down");
