import { CLEAN, heard, ok, send, strict } from "../cases/build.ts";
import type { Case, ClientRequestCase, ConnectionCase, ResponseCase } from "../cases/case.ts";
import { notOpened, runConnection, unimplemented } from "../run/connection.ts";
import { type CaseResult, described, isFailure } from "../run/result.ts";
import type { SessionSettings } from "../run/session.ts";
import type { SocketLine } from "../run/socket-line.ts";
import type { DeflateParameters } from "../wire/compression.ts";
import { Deflate } from "../wire/deflate.ts";
import { listOf, valuesOf } from "../wire/head.ts";
import { randomKey } from "../wire/key.ts";
import { answerOffers, judgeAnswer } from "../wire/negotiation.ts";
import { latin1 } from "../wire/octets.ts";
import { CHECKS, type ReceivedRequest } from "./check-request.ts";
import { writeResponse } from "./response.ts";

/** A client that has asked for a case. */
export interface Visitor extends ReceivedRequest {
  readonly line: SocketLine;
  /** What came together with the request. */
  readonly early: Uint8Array;
}

type Settings = Pick<SessionSettings, "patience" | "volume">;

const PROBE = "is this an open connection?";

/** Runs one case with a client that has connected for it. */
export function runOnClient(item: Case, visitor: Visitor, settings: Settings): Promise<CaseResult> {
  switch (item.kind) {
    case "connection":
      return runConnectionCase(item, visitor, settings);
    case "response":
      return runResponseCase(item, visitor, settings);
    case "client-request":
      return runRequestCase(item, visitor, settings);
    default:
      throw new TypeError(`${item.id} does not judge clients`);
  }
}

const keyOf = ({ head }: Visitor): string => valuesOf(head, "sec-websocket-key")[0] ?? "";

async function runConnectionCase(
  item: ConnectionCase,
  visitor: Visitor,
  settings: Settings,
): Promise<CaseResult> {
  const { head, line, early } = visitor;
  const offered = listOf(head, "sec-websocket-extensions");
  const answer = item.deflate === null ? null : answerOffers(offered, item.deflate.demand);
  const lines = answer === null ? [] : [`Sec-WebSocket-Extensions: ${answer.header}`];
  const response = writeResponse(keyOf(visitor), { lines });
  const heads = { request: head.text, response };
  line.write(latin1(response));
  const lacking = whatIsLacking(item, answer?.parameters ?? null);
  if (lacking !== null) {
    // The client gets a connection that closes in order, and goes on to the next case.
    await runConnection(goodbye(item), { line, early, compression: null, ...heads }, kitSettings(settings));
    return unimplemented(item, heads, lacking);
  }
  const compression = answer === null ? null : new Deflate(answer.parameters, "server");
  return runConnection(item, { line, early, compression, ...heads }, kitSettings(settings));
}

function whatIsLacking({ deflate }: ConnectionCase, parameters: DeflateParameters | null): string | null {
  if (deflate === null) return null;
  if (parameters === null) return "The client did not offer what the case needs.";
  if (deflate.needsTakeover && !parameters.server.takeover)
    return "The client forbids to refer to earlier messages.";
  return null;
}

const kitSettings = (settings: Settings): SessionSettings => ({
  ...settings,
  kit: "server",
  random: randomKey,
});

/** A connection that closes as soon as it is open. */
const goodbye = (item: Case): ConnectionCase =>
  strict({ ...described(item), steps: [], outcomes: [ok([], CLEAN, "a clean close")] });

/** A text that has to come back: without it nothing shows that the client took the answer. */
const probe = (item: Case): ConnectionCase =>
  strict({
    ...described(item),
    steps: [send.text(PROBE)],
    outcomes: [ok([heard.text(PROBE)], CLEAN, "the echo, then a clean close")],
  });

async function runResponseCase(
  item: ResponseCase,
  visitor: Visitor,
  settings: Settings,
): Promise<CaseResult> {
  const { head, line, early } = visitor;
  const offered = listOf(head, "sec-websocket-extensions");
  if (item.needsDeflate && answerOffers(offered, { noTakeover: false, windowBits: 0 }) === null) {
    const response = writeResponse(keyOf(visitor));
    const heads = { request: head.text, response };
    line.write(latin1(response));
    await runConnection(goodbye(item), { line, early, compression: null, ...heads }, kitSettings(settings));
    return unimplemented(item, heads, "The client did not offer permessage-deflate.");
  }
  const response = writeResponse(keyOf(visitor), item.response);
  const heads = { request: head.text, response };
  await writeHead(line, latin1(response), item.response.chop);
  const answered = item.response.lines?.find((text) => text.startsWith("Sec-WebSocket-Extensions"));
  const negotiated = judgeAnswer(offered, answered?.slice(answered.indexOf(":") + 1).trim() ?? null);
  const compression = negotiated.kind === "deflate" ? new Deflate(negotiated.parameters, "server") : null;
  const result = await runConnection(
    probe(item),
    { line, early, compression, ...heads },
    kitSettings(settings),
  );
  const took = result.behavior === "OK";
  // A client that sends anything but the end of TCP has taken the answer.
  const refused = !result.log.some(({ from, kind }) => from === "peer" && kind !== "end");
  return { ...result, ...judgeTaking(item, took, refused, result) };
}

/** The verdict on the close where only the opening handshake is judged. */
function closeVerdictOf(behavior: CaseResult["behavior"]): CaseResult["behaviorClose"] {
  return behavior === "FAILED" || behavior === "INFORMATIONAL" ? behavior : "OK";
}

function judgeTaking(
  { answer, lenient = false, why }: ResponseCase,
  took: boolean,
  refused: boolean,
  probed: CaseResult,
): Pick<CaseResult, "behavior" | "behaviorClose" | "result" | "resultClose"> {
  const what = took
    ? "took the answer"
    : refused
      ? "refused the answer"
      : "took the answer, but no echo came";
  const done = (behavior: CaseResult["behavior"], result: string) => ({
    behavior,
    behaviorClose: closeVerdictOf(behavior),
    result,
    resultClose: refused ? "" : probed.resultClose,
  });
  if (answer === "either") return done("INFORMATIONAL", `The client ${what}.`);
  const right = answer === "accept" ? took : refused;
  if (right) return done("OK", `The client ${what}: ${why}.`);
  const should = answer === "accept" ? "have taken" : "have refused";
  return done(lenient ? "NON-STRICT" : "FAILED", `The client ${what}, but should ${should} it: ${why}.`);
}

async function writeHead(line: SocketLine, octets: Uint8Array, chop = 0): Promise<void> {
  if (chop === 0) return line.write(octets);
  for (let at = 0; at < octets.length; at += chop) {
    line.write(octets.subarray(at, at + chop));
    await line.turn();
  }
}

async function runRequestCase(
  item: ClientRequestCase,
  visitor: Visitor,
  settings: Settings,
): Promise<CaseResult> {
  const { head, line, early } = visitor;
  const response = writeResponse(keyOf(visitor));
  const heads = { request: head.text, response };
  line.write(latin1(response));
  const result = await runConnection(
    probe(item),
    { line, early, compression: null, ...heads },
    kitSettings(settings),
  );
  const fault = CHECKS[item.check](visitor);
  if (fault !== null) return notOpened(item, heads, `The request is wrong: ${fault}, but ${item.why}.`);
  return isFailure(result) ? result : { ...result, result: `As it should be: ${item.why}.` };
}
