import { ACCEPT_VECTOR, cuttings, octets } from "@plyws/testkit";
import { expect } from "vitest";
import {
  checkUpgradeRequest,
  type HandshakeError,
  HeaderFields,
  type ReadHead,
  type Rejected,
  RequestReader,
  type ResponseHead,
  ResponseReader,
  type UpgradeOffer,
  type UpgradeRequest,
} from "../src/index.ts";

export const KEY = ACCEPT_VECTOR.key;
export const ACCEPT = ACCEPT_VECTOR.accept;

export const REQUEST_LINES = [
  "GET /chat HTTP/1.1",
  "Host: example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${KEY}`,
  "Sec-WebSocket-Version: 13",
];

export const RESPONSE_LINES = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Accept: ${ACCEPT}`,
];

/** The octets of a head: each character one octet. */
export function headOctets(lines: readonly string[]): Uint8Array {
  return latin1([...lines, "", ""].join("\r\n"));
}

export function latin1(text: string): Uint8Array {
  return octets(Buffer.from(text, "latin1"));
}

/** Header lines by name: other values for them, or null for no such line. */
export type Edits = Record<string, string | string[] | null>;

/** Lines with those of the same name replaced, or taken away (null), or added at the end. */
export function edited(lines: readonly string[], edits: Edits): string[] {
  const names = Object.keys(edits).map((name) => name.toLowerCase());
  const kept = lines.filter(
    (line, i) => i === 0 || !names.includes((line.split(":")[0] ?? "").toLowerCase()),
  );
  const added = Object.entries(edits).flatMap(([name, values]) =>
    values === null ? [] : [values].flat().map((value) => `${name}: ${value}`),
  );
  return [...kept, ...added];
}

type AnyHead = object & { headers: HeaderFields };

interface Reader<Head> {
  receive(chunk: Uint8Array): ReadHead<Head> | Rejected | null;
}

/** What a reader made of the chunks, with all that follows the head in `rest`; null when it waits for more. */
export function readAll<Head>(reader: Reader<Head>, chunks: Iterable<Uint8Array>) {
  let result: ReadHead<Head> | Rejected | null = null;
  const rest: number[] = [];
  for (const chunk of chunks) {
    if (result !== null) {
      rest.push(...chunk);
      continue;
    }
    result = reader.receive(chunk);
    if (result?.ok) rest.push(...result.rest);
  }
  return result?.ok ? { ...result, rest: Uint8Array.from(rest) } : result;
}

/** The result of the whole, after making sure that every way to cut the octets gives the same one. */
function readEveryWay<Head extends AnyHead>(create: () => Reader<Head>, data: Uint8Array) {
  const whole = readAll(create(), [data]);
  for (const { name, chunks } of cuttings(data)) {
    expect(describeResult(readAll(create(), chunks)), name).toEqual(describeResult(whole));
  }
  return whole;
}

export function readRequestEveryWay(data: Uint8Array) {
  return readEveryWay<UpgradeRequest>(() => new RequestReader(), data);
}

export function readResponseEveryWay(data: Uint8Array) {
  return readEveryWay<ResponseHead>(() => new ResponseReader(), data);
}

/** Plain data to compare: classes with private fields all look equal. */
export function describeResult(result: ReadHead<AnyHead> | Rejected | null) {
  if (result === null) return null;
  if (!result.ok) return describeError(result.error);
  return { ...result.head, headers: [...result.head.headers], rest: [...result.rest] };
}

export function describeError({ code, status, headers }: HandshakeError) {
  return { code, status, headers: [...headers] };
}

export function request(lines: readonly string[]): UpgradeRequest {
  const result = new RequestReader({ maxHeadSize: 1e6, maxHeaderCount: 1e5 }).receive(headOctets(lines));
  if (!result?.ok) throw new Error("the test has no well-formed request");
  return result.head;
}

export function response(lines: readonly string[]): ResponseHead {
  const result = new ResponseReader().receive(headOctets(lines));
  if (!result?.ok) throw new Error("the test has no well-formed response");
  return result.head;
}

/** What the server makes of the good request with these changes. */
export function offerOf(edits: Edits = {}): UpgradeOffer {
  const checked = checkUpgradeRequest(request(edited(REQUEST_LINES, edits)));
  if (!checked.ok) throw checked.error;
  return checked.offer;
}

/** As a server with its own HTTP parser would give it: nothing was checked. */
export function unchecked(headers: readonly (readonly [string, string])[]): UpgradeRequest {
  return { method: "GET", target: "/", httpVersion: "1.1", headers: HeaderFields.from(headers) };
}
