import type { Socket } from "node:net";
import {
  checkUpgradeResponse,
  encodeRequest,
  type HandshakeError,
  type HeaderFields,
  ResponseReader,
  type UpgradeRequestDraft,
} from "@plyws/handshake";
import { sha1 } from "../sha1.ts";
import type { Attempt } from "./attempt.ts";
import { nameOf, ResponseError } from "./errors.ts";

/** What a server said to a request for an upgrade. */
export type Answer =
  | {
      readonly ok: true;
      readonly subprotocol: string;
      /** What came behind the answer. */
      readonly rest: Uint8Array;
    }
  | { readonly ok: false; readonly error: HandshakeError; readonly rest: Uint8Array };

/** How much of the body of a refusal is read, in octets. */
const MAX_BODY_SIZE = 4096;

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
  const size = error.code === "unexpected-status" ? Math.min(bodySize(error.headers), MAX_BODY_SIZE) : 0;
  const chunks = [rest];
  let missing = size - rest.length;
  try {
    if (missing > 0) {
      await attempt.read(stream, `the body of the answer of ${nameOf(server)}`, (chunk) => {
        chunks.push(chunk);
        missing -= chunk.length;
        return missing > 0 ? null : true;
      });
    }
  } catch {
    // The answer is known: that its body came late, or not as a whole, tells less.
    attempt.throwIfGivenUp();
  }
  const body = Buffer.concat(chunks).subarray(0, size);
  // As a stream: a character that is cut in two is left out.
  return new ResponseError(error, server, new TextDecoder().decode(body, { stream: true }));
}

/** 0 when it is not announced in plain: the encoding of pieces is not undone for the sake of an error. */
function bodySize(headers: HeaderFields): number {
  const length = headers.get("content-length") ?? "";
  return !headers.has("transfer-encoding") && /^\d{1,15}$/.test(length) ? Number(length) : 0;
}
