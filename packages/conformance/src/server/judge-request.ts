import { CLEAN, heard, ok, send, strict } from "../cases/build.ts";
import type { ConnectionCase, RequestCase } from "../cases/case.ts";
import { notOpened, runConnection, unimplemented } from "../run/connection.ts";
import type { Verdict } from "../run/judge.ts";
import { type CaseResult, described } from "../run/result.ts";
import type { SessionSettings } from "../run/session.ts";
import { Deflate } from "../wire/deflate.ts";
import { encodeFrame, OPCODE } from "../wire/frame.ts";
import { type Head, listOf, statusOf, valuesOf } from "../wire/head.ts";
import { createKey, randomKey } from "../wire/key.ts";
import { judgeAnswer, type Negotiated } from "../wire/negotiation.ts";
import { utf8 } from "../wire/octets.ts";
import type { Target } from "./dial.ts";
import { type Answer, ask, faultOfAcceptance } from "./open.ts";
import { writeRequest } from "./request.ts";

const PROBE = "is this an open connection?";

/** Sends a request and judges the answer; where it is 101, also whether there is a connection that works. */
export async function runRequestCase(
  item: RequestCase,
  target: Target,
  settings: Pick<SessionSettings, "patience" | "volume">,
): Promise<CaseResult> {
  const key = keyOf(item) ?? createKey();
  const request = writeRequest(target, key, item.request);
  const { early: isEarly = false, chop = 0 } = item.request;
  const early = isEarly
    ? encodeFrame({ opcode: OPCODE.text, payload: utf8(PROBE) }, randomKey())
    : new Uint8Array();
  const began = performance.now();
  const answer = await ask(target, request, { timeout: settings.patience, chop, early });
  const { head, line } = answer;
  if (head === null || statusOf(head) !== 101) {
    line.destroy();
    return judged(item, answer, performance.now() - began, ...judgeRefusal(item, answer));
  }
  const negotiated = judgeAnswer(offeredIn(request), listOf(head, "sec-websocket-extensions"));
  const fault = faultOfAcceptance(head, key) ?? faultOfChoices(item, head, negotiated);
  const { answer: expected, lenient = false, extensions = "either" } = item.expect;
  if (fault !== null || (expected === "refuse" && !lenient)) {
    line.destroy();
    const text = fault === null ? `the answer is 101, but ${item.why}` : fault;
    return notOpened(item, answer, `The server took the request: ${text}.`);
  }
  if (extensions === "negotiated" && negotiated.kind === "none") {
    line.destroy();
    return unimplemented(item, answer, "The server did not take the offer.");
  }
  const compression = negotiated.kind === "deflate" ? new Deflate(negotiated.parameters, "client") : null;
  const result = await runConnection(
    probe(item, isEarly),
    { ...answer, compression },
    { ...settings, kit: "client", random: randomKey },
  );
  const works = result.behavior === "OK";
  if (expected === "either") {
    const text = works ? "and the connection works" : `but the connection does not work. ${result.result}`;
    return {
      ...result,
      behavior: "INFORMATIONAL",
      behaviorClose: "INFORMATIONAL",
      result: `The server took the request, ${text}`,
    };
  }
  if (!works) return result;
  const text = "The server took the request, and the connection works.";
  return { ...result, behavior: expected === "refuse" ? "NON-STRICT" : "OK", result: text };
}

/** Whether the connection works: a message comes back, unless it went with the request, and it closes. */
function probe(item: RequestCase, sent: boolean): ConnectionCase {
  return strict({
    ...described(item),
    steps: sent ? [] : [send.text(PROBE)],
    outcomes: [ok([heard.text(PROBE)], CLEAN, "the echo, then a clean close")],
  });
}

/** The verdict on an answer that is not 101, or on none. */
function judgeRefusal(
  { expect, why }: RequestCase,
  { head, ended }: Answer,
): [verdict: Verdict, text: string] {
  const what =
    head === null
      ? ended === "late"
        ? "there was no answer in time"
        : "TCP ended without an answer"
      : `the answer was "${head.line}"`;
  if (expect.answer === "either") return ["INFORMATIONAL", `What happened: ${what}.`];
  if (expect.answer === "accept" && expect.lenient && head !== null) {
    return ["NON-STRICT", `The request could be taken without the extension, but ${what}.`];
  }
  if (expect.answer === "accept") return ["FAILED", `The request is legal (${why}), but ${what}.`];
  if (ended === "late") return ["FAILED", `The request is to be refused, but ${what}.`];
  const right = expect.status === undefined || (head !== null && statusOf(head) === expect.status);
  if (!right) return ["NON-STRICT", `The request was refused, but ${what}, not ${expect.status}.`];
  if (expect.field === undefined) return ["OK", `The request was refused: ${what}.`];
  const [name, value] = expect.field;
  const has = head !== null && (listOf(head, name) ?? "").split(",").some((part) => part.trim() === value);
  return has
    ? ["OK", `The request was refused: ${what}, with ${name}: ${value}.`]
    : ["NON-STRICT", `The request was refused, but the answer has no ${name}: ${value}.`];
}

/** What is wrong with the subprotocol or the extensions of an acceptance. */
function faultOfChoices({ expect }: RequestCase, head: Head, negotiated: Negotiated): string | null {
  const chosen = valuesOf(head, "sec-websocket-protocol");
  if (chosen.length > 1) return "the answer names more than one subprotocol";
  if (chosen[0] !== undefined && !(expect.subprotocols ?? []).includes(chosen[0])) {
    return `the answer names the subprotocol "${chosen[0]}", which was not offered`;
  }
  if (negotiated.kind === "fault") return negotiated.fault;
  if (expect.extensions === "declined" && negotiated.kind === "deflate") {
    return "the answer takes an offer that is to be declined";
  }
  return null;
}

/** The key that a case has set itself. */
function keyOf({ request }: RequestCase): string | null {
  const [line] = request.replace?.["Sec-WebSocket-Key"] ?? [];
  const value = line?.slice(line.indexOf(":") + 1).trim();
  return value === undefined || value === "" || value.includes("{") ? null : value;
}

function offeredIn(request: string): string | null {
  const values = request.split("\r\n").flatMap((line) => {
    const [, value] = /^sec-websocket-extensions:(.*)$/i.exec(line) ?? [];
    return value === undefined ? [] : [value.trim()];
  });
  return values.length === 0 ? null : values.join(", ");
}

function judged(
  item: RequestCase,
  { request, response }: Answer,
  duration: number,
  behavior: Verdict,
  result: string,
): CaseResult {
  return {
    ...described(item),
    behavior,
    behaviorClose: behavior === "FAILED" ? "FAILED" : behavior === "INFORMATIONAL" ? "INFORMATIONAL" : "OK",
    result,
    resultClose: "",
    duration: Math.round(duration),
    remoteCloseCode: null,
    request,
    response,
    log: [],
  };
}
