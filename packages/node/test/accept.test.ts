import { describe, expect, test } from "vitest";
import { type ConnectionRequest, connect, type RefuseOptions, refuse } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { openClient, roundTrip } from "./support/endpoints.ts";
import { rawConnect, requestHead } from "./support/raw-peer.ts";
import { answerTo, serve } from "./support/serve.ts";

/** A server that shows what `accept` saw, and lets everybody in. */
async function showing(
  options: Parameters<typeof serve>[0] = {},
): Promise<{ url: string; seen: ConnectionRequest[] }> {
  const seen: ConnectionRequest[] = [];
  const { url } = await serve({
    ...options,
    accept: (request) => {
      seen.push(request);
      return { data: undefined };
    },
  });
  return { url, seen };
}

describe("what accept sees", () => {
  test("of a program", async () => {
    const { url, seen } = await showing();
    await openClient(`${url}chat?room=1`, {}, { headers: { Cookie: "a=1", "X-Twice": "1" } });
    expect(seen).toMatchObject([
      { method: "GET", url: "/chat?room=1", origin: null, subprotocols: [], secure: false },
    ]);
    const [request] = seen;
    expect(request?.remoteAddress).toBe("127.0.0.1");
    expect([request?.headers.get("COOKIE"), request?.headers.get("x-none")]).toEqual(["a=1", null]);
    expect(request?.signal.aborted).toBe(false);
    expect(request?.message?.headers.cookie).toBe("a=1");
  });

  test("of a page over TLS, with what it offers in its order", async () => {
    const { url, seen } = await showing({ tls: certificate });
    const origin = url.replace("wss:", "https:").slice(0, -1);
    await openClient(url, {}, { origin, subprotocols: ["b", "a"], tls: { ca: certificate.cert } });
    expect(seen).toMatchObject([{ url: "/", origin, subprotocols: ["b", "a"], secure: true }]);
  });

  test.each([
    ["/", "/"],
    ["//x/y?", "//x/y?"],
    ["http://other.example/a?b", "/a?b"],
    ["http://other.example", "/"],
  ])("the target %s as %s", async (target, url) => {
    const server = await showing();
    const peer = await rawConnect(server.url);
    peer.write(requestHead({}, target));
    await peer.head();
    expect(server.seen.map((request) => request.url)).toEqual([url]);
  });

  test("only requests that are good and whose origin is allowed", async () => {
    const { url, seen } = await showing();
    await answerTo(url, requestHead({ "Sec-WebSocket-Version": "8" }));
    await answerTo(url, requestHead({ Origin: "https://evil.example" }));
    expect(seen).toEqual([]);
  });
});

describe("an acceptance", () => {
  test("gives the connection its data, in every event", async () => {
    const told: string[] = [];
    const server = await serve(
      {
        accept: async ({ url }) => {
          await new Promise(setImmediate);
          return { data: { name: url.slice(1), messages: 0 } };
        },
      },
      {
        open: ({ data }) => told.push(`open ${data.name}`),
        message: (socket) => socket.send(`${socket.data.name} ${++socket.data.messages}`),
        close: ({ data }) => told.push(`close ${data.name} ${data.messages}`),
      },
    );
    const ann = await openClient(`${server.url}ann`);
    const ben = await openClient(`${server.url}ben`);
    expect([await roundTrip(ann, ""), await roundTrip(ann, ""), await roundTrip(ben, "")]).toEqual([
      "ann 1",
      "ann 2",
      "ben 1",
    ]);
    expect([...server.connections].map(({ data }) => data.name)).toEqual(["ann", "ben"]);
    for (const client of [ann, ben]) client.close();
    await server.close();
    expect(told.toSorted()).toEqual(["close ann 2", "close ben 1", "open ann", "open ben"]);
  });

  test.each([
    ["what the option selects", undefined, "b"],
    ["one of those offered", "a", "a"],
    ["none", "", ""],
  ])("with a subprotocol: %s", async (_, subprotocol, agreed) => {
    const accept = () => ({ data: undefined, subprotocol });
    const { url } = await serve({ accept, subprotocols: ["b"] });
    expect((await openClient(url, {}, { subprotocols: ["a", "b"] })).subprotocol).toBe(agreed);
  });

  test.each([
    [{ "Set-Cookie": "a=1", "X-Y": "ü" }],
    [[["Set-Cookie", "a=1"] as const, ["X-Y", "ü"] as const]],
    [new Headers({ "Set-Cookie": "a=1", "X-Y": "ü" })],
    [new Map([["Set-Cookie", "a=1"] as const, ["X-Y", "ü"] as const])],
  ])("with headers of any kind, %o", async (headers) => {
    const { url } = await serve({ accept: () => ({ data: undefined, headers }) });
    const peer = await rawConnect(url);
    peer.write(requestHead());
    const lines = (await peer.head()).split("\r\n").slice(4, 6);
    expect(lines.map((line) => line.toLowerCase()).toSorted()).toEqual(["set-cookie: a=1", "x-y: ü"]);
  });
});

const REFUSALS: readonly (readonly [number, RefuseOptions | undefined, string])[] = [
  [
    401,
    { headers: { "WWW-Authenticate": "Bearer" } },
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n\r\nUnauthorized\n",
  ],
  [
    403,
    { headers: [["Content-Type", "application/json"]], body: '{"no":"ä"}' },
    'HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 11\r\n\r\n{"no":"Ã¤"}',
  ],
  [
    302,
    { headers: { Location: "/login" }, body: "" },
    "HTTP/1.1 302 Found\r\nLocation: /login\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\n\r\n",
  ],
  [
    599,
    { body: new Uint8Array([0, 255, 10]) },
    "HTTP/1.1 599 \r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\n\0\xff\n",
  ],
  [
    503,
    undefined,
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 20\r\n\r\nService Unavailable\n",
  ],
];

describe("a refusal", () => {
  test.each(REFUSALS)("%s with %o, on the wire", async (status, options, octets) => {
    for (const accept of [() => refuse(status, options), async () => refuse(status, options)]) {
      const server = await serve({ accept });
      const peer = await rawConnect(server.url);
      peer.write(requestHead());
      expect((await peer.rest()).toString("latin1")).toBe(octets);
      expect([server.connections.size, server.counters.refused]).toEqual([0, 1]);
    }
  });

  test("reaches the client, whose connection is over", async () => {
    const { url } = await serve({ accept: () => refuse(401, { body: "who?" }) });
    await expect(connect(url)).rejects.toMatchObject({ status: 401, body: "who?" });
  });

  test.each([
    [101, {}, RangeError],
    [200, {}, RangeError],
    [304, {}, RangeError],
    [600, {}, RangeError],
    [401.5, {}, RangeError],
    [401, { headers: { "Content-Length": "5" } }, TypeError],
    [401, { headers: { "X Y": "" } }, TypeError],
    [401, { headers: { X: "a\r\nSet-Cookie: b" } }, TypeError],
  ] as const)("%s with %o is the fault of the caller, at the call", (status, options, fault) => {
    expect(() => refuse(status, options)).toThrow(fault);
  });
});
