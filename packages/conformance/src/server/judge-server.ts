import type { Case, ConnectionCase } from "../cases/case.ts";
import { notOpened, runConnection, unimplemented } from "../run/connection.ts";
import type { CaseResult } from "../run/result.ts";
import type { SessionSettings } from "../run/session.ts";
import { Deflate } from "../wire/deflate.ts";
import { listOf } from "../wire/head.ts";
import { createKey, randomKey } from "../wire/key.ts";
import { judgeAnswer } from "../wire/negotiation.ts";
import type { Target } from "./dial.ts";
import { runRequestCase } from "./judge-request.ts";
import { ask, faultOfAcceptance } from "./open.ts";
import { writeRequest } from "./request.ts";

/** How a server is judged. */
export type ServerSettings = Pick<SessionSettings, "patience" | "volume">;

/** An opening handshake may take so many times the patience: the server may be busy with other cases. */
const OPENING = 5;

/** Runs one case against a server. @throws Error when there is no connection to it */
export async function runOnServer(item: Case, target: Target, settings: ServerSettings): Promise<CaseResult> {
  switch (item.kind) {
    case "connection":
      return runConnectionCase(item, target, settings);
    case "request":
      return runRequestCase(item, target, settings);
    default:
      throw new TypeError(`${item.id} does not judge servers`);
  }
}

async function runConnectionCase(
  item: ConnectionCase,
  target: Target,
  settings: ServerSettings,
): Promise<CaseResult> {
  const key = createKey();
  const offer = item.deflate?.offer ?? null;
  const request = writeRequest(
    target,
    key,
    offer === null ? {} : { lines: [`Sec-WebSocket-Extensions: ${offer}`] },
  );
  const answer = await ask(target, request, { timeout: OPENING * settings.patience });
  const { line, head, response, early } = answer;
  const heads = { request, response };
  if (head === null) {
    line.destroy();
    return notOpened(item, heads, "The server did not answer the opening handshake.");
  }
  const negotiated = judgeAnswer(offer, listOf(head, "sec-websocket-extensions"));
  const fault = faultOfAcceptance(head, key) ?? (negotiated.kind === "fault" ? negotiated.fault : null);
  if (fault !== null) {
    line.destroy();
    return notOpened(item, heads, `The opening handshake failed: ${fault}.`);
  }
  if (item.deflate !== null && negotiated.kind !== "deflate") {
    line.destroy();
    return unimplemented(item, heads, `The server did not take the offer ${offer}.`);
  }
  if (
    negotiated.kind === "deflate" &&
    item.deflate?.needsTakeover &&
    !negotiated.parameters.client.takeover
  ) {
    line.destroy();
    return unimplemented(item, heads, "The server forbids to refer to earlier messages.");
  }
  const compression = negotiated.kind === "deflate" ? new Deflate(negotiated.parameters, "client") : null;
  return runConnection(
    item,
    { line, compression, early, ...heads },
    { ...settings, kit: "client", random: randomKey },
  );
}
