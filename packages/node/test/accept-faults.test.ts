import { describe, expect, test } from "vitest";
import type { Accept } from "../src/index.ts";
import { openClient, roundTrip } from "./support/endpoints.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";
import { requestHead } from "./support/raw-peer.ts";
import { answerTo, serve, statusOf } from "./support/serve.ts";

/** What an `accept` function in JavaScript may give. */
const GARBAGE: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["false", false],
  ["a number", 200],
  ["a string", "data"],
  ["a symbol", Symbol("data")],
  ["an empty object", {}],
  ["an object with a status", { status: 401 }],
  ["an array", ["data"]],
  ["a function", () => ({ data: 1 })],
  ["an error", new Error("no")],
  ["a response", new Response("no", { status: 401 })],
  ["a subprotocol that was not offered", { data: 1, subprotocol: "z" }],
  ["a subprotocol that is no string", { data: 1, subprotocol: 5 }],
  ["headers that are none", { data: 1, headers: 5 }],
  ["headers that are a string", { data: 1, headers: "X: y" }],
  ["a header that is no token", { data: 1, headers: { "X Y": "" } }],
  ["a header whose value is no string", { data: 1, headers: { X: 1 } }],
  ["a header with a line end", { data: 1, headers: { X: "a\r\nSet-Cookie: b" } }],
  ["a header that belongs to the handshake", { data: 1, headers: { "Sec-WebSocket-Accept": "x" } }],
];

function fail(thrown: unknown): never {
  // oxlint-disable-next-line typescript/only-throw-error -- JavaScript throws anything
  throw thrown;
}

const hostile = {
  get data(): never {
    return fail(new Error("hostile"));
  },
};

const BROKEN: readonly (readonly [string, () => unknown])[] = [
  ...GARBAGE.map(([name, value]) => [`gives ${name}`, () => value] as const),
  ["gives a getter that throws", () => hostile],
  ["throws", () => fail(new Error("no"))],
  ["throws undefined", () => fail(undefined)],
  ["throws an object without a string", () => fail(Object.create(null))],
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
  ["gives a thenable that throws", () => Object.defineProperty({}, "then", { value: () => fail("no") })],
];

/** Stands for a function of JavaScript, whose type nobody has checked. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const untyped = (accept: () => unknown): Accept<undefined> => accept as Accept<undefined>;

describe("an accept function that breaks its promise", () => {
  test.each(BROKEN)("%s: 500, a warning, nobody gets in, the process lives", async (_, broken) => {
    const faults = watchProcess();
    const warnings = watchWarnings();
    const outcomes = [
      broken,
      async () => broken(),
      async () => {
        await new Promise(setImmediate);
        return broken();
      },
    ];
    let opened = 0;
    const server = await serve(
      {
        // One place: whoever does not give it back is found out by the next.
        maxConnections: 1,
        accept: ({ headers, ...request }) => {
          const at = headers.get("x-broken");
          if (at === null) return { data: undefined };
          return untyped(outcomes[Number(at)] ?? broken)({ headers, ...request });
        },
      },
      {
        open: () => {
          opened++;
        },
        message: (socket, data) => socket.send(data),
      },
    );
    for (const at of outcomes.keys()) {
      const answer = await answerTo(server.url, requestHead({ "X-Broken": `${at}` }));
      expect(statusOf(answer)).toBe("HTTP/1.1 500 Internal Server Error");
      expect(answer.match(/HTTP/g)).toHaveLength(1);
    }
    expect([opened, server.connections.size]).toEqual([0, 0]);
    expect(await roundTrip(await openClient(server.url), "next")).toBe("next");
    expect(warnings).toHaveLength(outcomes.length);
    expect(warnings[0]).toMatch(/^A function in the options of a WebSocket server failed: ./);
    expect(faults).toEqual([]);
  });

  test("tells peers nothing of the error", async () => {
    watchWarnings();
    const { url } = await serve({ accept: () => fail(new Error("password: 1234")) });
    expect(await answerTo(url, requestHead())).not.toContain("1234");
  });
});
