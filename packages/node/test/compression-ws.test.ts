import { describe, expect, test } from "vitest";
import type { PerMessageDeflateOptions } from "ws";
import { CORPORA, pieceOf } from "./support/corpora.ts";
import { ECHO, openClient, startServer } from "./support/endpoints.ts";
import { summary } from "./support/payloads.ts";
import { sendByWs, wsClient, wsMessages, wsServer } from "./support/ws.ts";

/** The sizes and fragment counts of a row of messages; each begins where the one before ended. */
const SIZES = [0, 1, 16, 64, 256, 1024, 4096, 16_384, 65_536, 131_072];

/** What is compressed whatever its size. */
const ALWAYS = { threshold: 0 };

/** Parameter sets as a suite for compression has them, in the names that both libraries use. */
const SETS: readonly [name: string, settings: PerMessageDeflateOptions][] = [
  ["as it comes", {}],
  ["no context on the server", { serverNoContextTakeover: true }],
  ["no context on the client", { clientNoContextTakeover: true }],
  ["no context at all", { serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ["windows of 9 bits", { serverMaxWindowBits: 9, clientMaxWindowBits: 9 }],
  ["windows of 15 bits", { serverMaxWindowBits: 15, clientMaxWindowBits: 15 }],
  [
    "no context and windows of 9 bits",
    {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 9,
    },
  ],
];

/** Contexts are kept unless a set says otherwise. */
const KEEPING = { serverNoContextTakeover: false, clientNoContextTakeover: false };

const ROWS = SETS.flatMap(([name, settings]) => CORPORA.map((corpus) => ({ name, settings, corpus })));

describe("every parameter set and kind of data, echoed", () => {
  test.each(ROWS)("by our server to ws, $name: $corpus.name", async ({ settings, corpus }) => {
    const server = await startServer(ECHO, { perMessageDeflate: { ...KEEPING, ...settings, ...ALWAYS } });
    const client = await wsClient(server.url, { perMessageDeflate: { ...settings, ...ALWAYS } });
    expect(client.extensions).toContain("permessage-deflate");
    let at = 0;
    for (const size of SIZES) {
      const message = pieceOf(corpus, at, size);
      at += size;
      for (const delivery of ["whole", "in fragments"] as const) {
        const echoes = wsMessages(client, 1);
        sendByWs(client, corpus.kind, Buffer.from(message), delivery);
        expect((await echoes).map(summary)).toEqual([summary(message)]);
      }
    }
  });

  test.each(ROWS)("by ws to our client, $name: $corpus.name", async ({ settings, corpus }) => {
    const options = { perMessageDeflate: { ...settings, ...ALWAYS } };
    const { url } = await wsServer((socket) => {
      socket.on("message", (data, isBinary) => {
        if (Buffer.isBuffer(data)) sendByWs(socket, isBinary ? "binary" : "text", data, "in fragments");
      });
    }, options);
    const client = await openClient(url, {}, { perMessageDeflate: { ...KEEPING, ...settings, ...ALWAYS } });
    expect(client.extensions).toContain("permessage-deflate");
    let at = 0;
    for (const size of SIZES) {
      const message = pieceOf(corpus, at, size);
      at += size;
      client.send(message);
      expect(summary((await client.receive()) ?? "")).toEqual(summary(message));
    }
  });
});

test("ws in a mixture of compressed and plain messages, Pings between, in both directions at once", async () => {
  const server = await startServer(ECHO, { perMessageDeflate: KEEPING, maxBufferedAmount: 2 ** 26 });
  const client = await wsClient(server.url, { perMessageDeflate: ALWAYS });
  const messages = Array.from({ length: 400 }, (_, n) =>
    pieceOf(CORPORA[n % CORPORA.length]!, n * 997, (n * 131) % 5000),
  );
  const echoes = wsMessages(client, messages.length);
  for (const [n, message] of messages.entries()) {
    client.send(message, { compress: n % 3 > 0 });
    if (n % 10 === 0) client.ping();
  }
  expect((await echoes).map(summary)).toEqual(messages.map(summary));
});
