import { describe, expect, it } from "vitest";
import {
  checkUpgradeRequest,
  checkUpgradeResponse,
  createUpgradeRequest,
  HeaderFields,
  parseExtensions,
  RequestReader,
  sameHost,
} from "../src/index.ts";
import { KEY, latin1, REQUEST_LINES, RESPONSE_LINES, request, response } from "./support.ts";

/** The shortest of several runs: what is left when other work on the machine is taken away. */
function shortest(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 7; i += 1) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const SMALL = 1024;
const LARGE = 65_536;

/** 64 times the size may take 64 times the time, and generously more for the noise; quadratic would be 4096 times. */
const LIMIT = 640;

/** How many times longer the large size takes. */
function growth(run: (size: number) => void): number {
  run(LARGE);
  const small = Math.max(
    shortest(() => run(SMALL)),
    0.02,
  );
  return shortest(() => run(LARGE)) / small;
}

const good = request(REQUEST_LINES);

function withHeader(name: string, value: string) {
  const others = [...good.headers].filter(([other]) => other.toLowerCase() !== name);
  return { ...good, headers: HeaderFields.from([...others, [name, value]]) };
}

describe("the time grows with the size and not with its square", () => {
  it.each<[string, (size: number) => string]>([
    ["a token, spaces, a token", (size) => `a${" ".repeat(size)}b`],
    ["spaces and a comma", (size) => `a${" ".repeat(size)},b`],
    ["commas", (size) => ",".repeat(size)],
    ["different tokens", (size) => Array.from({ length: size / 8 }, (_, i) => `t${i}`).join(",")],
    ["one token", (size) => "a".repeat(size)],
    ["a quoted string without end", (size) => `a; b="${"\\c".repeat(size / 2)}`],
    ["quoted strings", (size) => Array.from({ length: size / 8 }, () => 'a;b="c"').join(",")],
    ["parameters", (size) => `a${";b".repeat(size / 2)}`],
    ["semicolons", (size) => `a${";".repeat(size)}`],
    ["tabs", (size) => `${"\t".repeat(size)}x`],
  ])("in a header: %s", (_name, make) => {
    const draft = createUpgradeRequest({ host: "a", target: "/" }, { key: KEY });
    const answer = response(RESPONSE_LINES);
    const run = (size: number) => {
      const value = make(size);
      parseExtensions(value);
      for (const name of ["upgrade", "connection", "host", "sec-websocket-key", "sec-websocket-version"]) {
        checkUpgradeRequest(withHeader(name, value));
      }
      for (const name of ["sec-websocket-protocol", "sec-websocket-extensions"]) {
        checkUpgradeRequest(withHeader(name, value));
        const headers = HeaderFields.from([...answer.headers, [name, value]]);
        checkUpgradeResponse({ ...answer, headers }, draft);
      }
      sameHost({ origin: value, host: value, secure: false });
      sameHost({ origin: `http://${value}`, host: value, secure: false });
    };
    expect(growth(run)).toBeLessThan(LIMIT);
  });

  it.each([
    ["an endless line", "GET / HTTP/1.1\r\nx: ", "y"],
    ["an endless value of spaces", "GET / HTTP/1.1\r\nx:", " "],
    ["endless headers", "GET / HTTP/1.1\r\n", "x: y\r\n"],
    ["an endless request line", "", "x"],
    ["endless empty lines", "", "\r\n"],
  ])("octet by octet: %s", (_name, start, repeated) => {
    const run = (size: number) => {
      const data = latin1(start + repeated.repeat(size / repeated.length));
      const reader = new RequestReader({ maxHeadSize: 1e6, maxHeaderCount: 1e6 });
      for (let at = 0; at < data.length; at += 1) reader.receive(data.subarray(at, at + 1));
    };
    expect(growth(run)).toBeLessThan(LIMIT);
  });
});
