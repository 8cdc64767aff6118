import type { Socket } from "node:net";
import {
  checkUpgradeResponse,
  encodeRequest,
  type HandshakeError,
  ResponseReader,
  type UpgradeRequestDraft,
} from "@plyws/handshake";
import { sha1 } from "../sha1.ts";
import type { Attempt } from "./attempt.ts";
import { nameOf, ResponseError } from "./errors.ts";
import { ResponseBody } from "./response-body.ts";

/** What a server said to a request for an upgrade. */
export type Answer =
  | {
      readonly ok: true;
      readonly subprotocol: string;
      /** What came behind the answer. */
      readonly rest: Uint8Array;
    }
  | { readonly ok: false; readonly error: HandshakeError; readonly rest: Uint8Array };

/** Sends the request and reads the head of the answer. The stream is paused afterwards. */
export async function requestUpgrade(
  stream: Socket,
  server: URL,
  request: UpgradeRequestDraft,
  attempt: Attempt,
): Promise<Answer> {
  const reader = new ResponseReader();
  stream.write(encodeRequest(request));
  const read = await attempt.read(stream, `the answer of ${nameOf(server)}`, (chunk) =>
    reader.receive(chunk),
  );
  if (!read.ok) return { ok: false, error: read.error, rest: new Uint8Array(0) };
  const { head, rest } = read;
  const checked = checkUpgradeResponse(head, request, { digest: sha1 });
  return checked.ok
    ? { ok: true, subprotocol: checked.subprotocol, rest }
    : { ok: false, error: checked.error, rest };
}

/** The error for an answer that is not an acceptance, with the beginning of its body. */
export async function responseError(
  stream: Socket,
  server: URL,
  { error, rest }: Extract<Answer, { ok: false }>,
  attempt: Attempt,
): Promise<ResponseError> {
  const body = new ResponseBody(error.headers);
  if (error.code === "unexpected-status" && !body.receive(rest)) {
    try {
      const step = `the body of the answer of ${nameOf(server)}`;
      await attempt.read(stream, step, (chunk) => (body.receive(chunk) ? true : null));
    } catch {
      // The answer is known: that its body came late, or not as a whole, tells less.
      attempt.throwIfGivenUp();
    }
  }
  return new ResponseError(error, server, body.text);
}
