import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { WebSocket } from "../src/index.ts";
import { startServer } from "./support/endpoints.ts";
import { acceptingHead, rawServer } from "./support/raw-peer.ts";
import { ending, heard, openSocket, rows, socketOf, thrown, type WebSocketClass } from "./whatwg-support.ts";

// Nothing listens there: the URL is all that matters.
const ORIGIN = "127.0.0.1:2";

/** URL given, and `url` or the exception. */
const URLS: readonly [given: string, url: string][] = [
  [`ws://${ORIGIN}`, `ws://${ORIGIN}/`],
  [`wss://${ORIGIN}/a?b`, `wss://${ORIGIN}/a?b`],
  [`http://${ORIGIN}/`, `ws://${ORIGIN}/`],
  [`https://${ORIGIN}/`, `wss://${ORIGIN}/`],
  [`WS://${ORIGIN}/`, `ws://${ORIGIN}/`],
  [`  ws://${ORIGIN}/  `, `ws://${ORIGIN}/`],
  ["ws://127.0.0.1:80/", "ws://127.0.0.1/"],
  ["http://127.0.0.1:80/", "ws://127.0.0.1/"],
  ["wss://127.0.0.1:443/", "wss://127.0.0.1/"],
  ["https://127.0.0.1:443/", "wss://127.0.0.1/"],
  ["wss://127.0.0.1:80/", "wss://127.0.0.1:80/"],
  [`ws://${ORIGIN}/a b`, `ws://${ORIGIN}/a%20b`],
  [`ws://${ORIGIN}/a%20b`, `ws://${ORIGIN}/a%20b`],
  [`ws://${ORIGIN}/ä?ö`, `ws://${ORIGIN}/%C3%A4?%C3%B6`],
  [`ws://${ORIGIN}/\ud800`, `ws://${ORIGIN}/%EF%BF%BD`],
  [`ws://user:word@${ORIGIN}/`, `ws://user:word@${ORIGIN}/`],
  [`ws://${ORIGIN}/a/../b`, `ws://${ORIGIN}/b`],
  [`ws://${ORIGIN}/#`, "SyntaxError"],
  [`ws://${ORIGIN}/#fragment`, "SyntaxError"],
  [`http://${ORIGIN}/#fragment`, "SyntaxError"],
  ["", "SyntaxError"],
  ["/relative", "SyntaxError"],
  ["relative", "SyntaxError"],
  ["?query", "SyntaxError"],
  ["//127.0.0.1/", "SyntaxError"],
  ["ws://", "SyntaxError"],
  ["ws://a b/", "SyntaxError"],
  ["ws://127.0.0.1:65536/", "SyntaxError"],
  ["ws://[::1/", "SyntaxError"],
  ["ftp://127.0.0.1/", "SyntaxError"],
  ["mailto:example@example.org", "SyntaxError"],
  ["about:blank", "SyntaxError"],
  ["javascript:0", "SyntaxError"],
  ["data:,x", "SyntaxError"],
  ["file:///x", "SyntaxError"],
];

rows(
  "the URL",
  URLS.map(([given, expected]) => ({
    name: `${JSON.stringify(given)} is ${expected}`,
    run: (Socket) => {
      if (expected === "SyntaxError") expect(thrown(() => new Socket(given))).toBe(expected);
      else expect(socketOf(Socket, given).url).toBe(expected);
    },
  })),
);

/** Second arguments, and what they throw. */
const SUBPROTOCOLS: Readonly<Record<string, readonly unknown[]>> = {
  nothing: [
    undefined,
    [],
    "chat",
    "!#$%&'*+-.^_`|~09azAZ",
    ["a", "b", "c"],
    new Set(["a", "b"]),
    new String("a"),
    null,
    7,
    true,
  ],
  SyntaxError: [
    "",
    [""],
    ["a", ""],
    ["a", "a"],
    ["a", "A"],
    ["chat", "other", "CHAT"],
    [["a", "b"]],
    ...Array.from('()<>@,;:\\"/[]?={} \t\r\n\0\x7f\x80ÿāあ\ud800', (c) => `a${c}b`),
  ],
  TypeError: [["a", Symbol("s")], Symbol("s")],
};

rows(
  "the subprotocols",
  Object.entries(SUBPROTOCOLS).flatMap(([expected, values]) =>
    values.map((value) => ({
      name: `${inspect(value)} throws ${expected}`,
      run: (Socket: WebSocketClass) => {
        const construct = (): unknown => Reflect.construct(Socket, [`ws://${ORIGIN}/`, value]);
        expect(thrown(construct)).toBe(expected);
      },
    })),
  ),
);

rows("before it is open", [
  {
    name: "everything is empty",
    run: (Socket) => {
      const socket = socketOf(Socket, `ws://${ORIGIN}/`, ["a"]);
      expect(socket.readyState).toBe(0);
      expect([socket.protocol, socket.extensions, socket.bufferedAmount]).toEqual(["", "", 0]);
      expect(socket.binaryType).toBe("blob");
    },
  },
  {
    name: "the URL may be an object",
    run: (Socket) => {
      expect(socketOf(Socket, new URL(`http://${ORIGIN}/a`)).url).toBe(`ws://${ORIGIN}/a`);
      const url = new URL(`http://${ORIGIN}/a`);
      socketOf(Socket, url);
      expect(url.protocol).toBe("http:");
    },
  },
  {
    name: "arguments are converted before they are checked, in their order",
    run: (Socket) => {
      const calls: string[] = [];
      const text = (name: string, value: string) => ({ toString: () => (calls.push(name), value) });
      const given = [text("url", "no url"), [text("first", ""), text("second", "a")]];
      const call = (): unknown => Reflect.construct(Socket, given);
      expect(thrown(call)).toBe("SyntaxError");
      expect(calls).toEqual(["url", "first", "second"]);
    },
    deviation: "it converts the subprotocols first",
  },
  {
    name: "it needs an argument, and new",
    run: (Socket) => {
      expect(thrown(() => Reflect.construct(Socket, []))).toBe("TypeError");
      expect(thrown(() => Reflect.apply(Socket, undefined, [`ws://${ORIGIN}/`]))).toBe("TypeError");
    },
  },
  {
    name: "a port that browsers block fails later, by events",
    run: async (Socket) => {
      const socket = socketOf(Socket, "ws://127.0.0.1:6667/");
      const types = heard(socket);
      expect(types).toEqual([]);
      expect(await ending(socket)).toEqual([1006, "", false]);
      expect(types).toEqual(["error", "close"]);
    },
  },
]);

describe("the subprotocol that the server chose", () => {
  rows("with", [
    {
      name: "one of them",
      run: async (Socket) => {
        const { url } = await startServer({}, { subprotocols: ["b"] });
        const socket = await openSocket(Socket, url, ["a", "b"]);
        expect([socket.protocol, socket.extensions, socket.readyState]).toEqual(["b", "", 1]);
      },
    },
    {
      name: "none of those offered, which fails",
      run: async (Socket) => {
        const { url } = await startServer(
          { open: (socket) => socket.send("early") },
          { subprotocols: ["c"] },
        );
        const socket = socketOf(Socket, url, ["a", "b"]);
        const types = heard(socket);
        expect(await ending(socket)).toEqual([1006, "", false]);
        expect(types).toEqual(["error", "close"]);
        expect(socket.protocol).toBe("");
      },
    },
  ]);
});

test("options stand in place of the subprotocols", async () => {
  const heads: string[] = [];
  const url = await rawServer(async (peer) => {
    const head = await peer.head();
    heads.push(head);
    peer.write(acceptingHead(head, ["Sec-WebSocket-Protocol: chat"]));
  });
  const options = { protocols: "chat", headers: { "X-Key": "1" }, origin: "https://example.org" };
  const socket = await openSocket(WebSocket, url, options);
  expect(socket.protocol).toBe("chat");
  expect(heads[0]?.split("\r\n")).toEqual(
    expect.arrayContaining(["X-Key: 1", "Origin: https://example.org"]),
  );
  expect(thrown(() => new WebSocket(url, { protocols: ["a", "a"] }))).toBe("SyntaxError");
});
