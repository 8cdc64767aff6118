import type { Socket } from "node:net";
import type { MessageExtension } from "@plyws/connection";
import {
  checkUpgradeResponse,
  encodeRequest,
  formatExtensions,
  HandshakeError,
  ResponseReader,
  type UpgradeRequestDraft,
} from "@plyws/handshake";
import type { ClientDeflate } from "@plyws/permessage-deflate";
import { sha1 } from "../sha1.ts";
import type { Attempt } from "./attempt.ts";
import { nameOf, ResponseError } from "./errors.ts";
import { ResponseBody } from "./response-body.ts";

/** What a server said to a request for an upgrade. */
export type Answer =
  | {
      readonly ok: true;
      readonly subprotocol: string;
      readonly extension: MessageExtension | null;
      /** As in the header field. */
      readonly extensions: string;
      /** What came behind the answer. */
      readonly rest: Uint8Array;
    }
  | { readonly ok: false; readonly error: HandshakeError; readonly rest: Uint8Array };

/** Sends the request and reads the head of the answer. The stream is paused afterwards. */
export async function requestUpgrade(
  stream: Socket,
  server: URL,
  request: UpgradeRequestDraft,
  deflate: ClientDeflate | null,
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
  if (!checked.ok) return { ok: false, error: checked.error, rest };
  const { subprotocol, extensions } = checked;
  const [agreed] = extensions;
  if (agreed === undefined) return { ok: true, subprotocol, extension: null, extensions: "", rest };
  // What was offered is at most the one extension that there is.
  const extension = deflate?.agree(agreed) ?? null;
  if (extension === null) {
    // RFC 7692 section 5.1: a response that does not answer the offer fails the connection.
    const { status, headers } = head;
    return { ok: false, error: new HandshakeError("extension-parameters", { status, headers }), rest };
  }
  return { ok: true, subprotocol, extension, extensions: formatExtensions(extensions), rest };
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
