import { describe, expect, test } from "vitest";
import { ECHO, openClient, startServer } from "./support/endpoints.ts";
import { type Kind, MAX_MESSAGE_SIZE, payloadOf, SIZES, summary } from "./support/payloads.ts";
import { copiesOf, DELIVERIES, sendByWs, wsClient, wsMessages, wsServer } from "./support/ws.ts";

const KINDS: readonly Kind[] = ["text", "binary"];
const ROWS = DELIVERIES.flatMap((delivery) =>
  KINDS.flatMap((kind) => SIZES.map((size) => ({ delivery, kind, size }))),
);

describe("the ws client against our server", () => {
  test.each(ROWS)("$kind of $size octets, $delivery", async ({ delivery, kind, size }) => {
    const server = await startServer(ECHO, { maxMessageSize: MAX_MESSAGE_SIZE, maxBufferedAmount: 2 ** 25 });
    const client = await wsClient(server.url);
    const payload = payloadOf(kind, size);
    const copies = copiesOf(delivery, size);
    const echoes = wsMessages(client, copies);
    sendByWs(client, kind, Buffer.from(payload), delivery);
    for (const echo of await echoes) expect(summary(echo)).toEqual(summary(payload));
  });

  test("many messages of all sizes and both kinds, in both directions at once", async () => {
    const server = await startServer(ECHO, { maxMessageSize: MAX_MESSAGE_SIZE, maxBufferedAmount: 2 ** 26 });
    const client = await wsClient(server.url);
    const payloads = [0, 1, 2, 3].flatMap(() =>
      KINDS.flatMap((kind) => SIZES.map((size) => payloadOf(kind, size))),
    );
    const echoes = wsMessages(client, payloads.length);
    for (const payload of payloads) client.send(payload);
    expect((await echoes).map(summary)).toEqual(payloads.map(summary));
  });
});

describe("our client against a ws server", () => {
  test.each(ROWS)("$kind of $size octets, sent back $delivery", async ({ delivery, kind, size }) => {
    const { url } = await wsServer((socket) => {
      socket.on("message", (data, isBinary) => {
        // ws gives a Buffer unless it was asked for another type.
        if (Buffer.isBuffer(data)) sendByWs(socket, isBinary ? "binary" : "text", data, delivery);
      });
    });
    const client = await openClient(url, {}, { maxMessageSize: MAX_MESSAGE_SIZE });
    const payload = payloadOf(kind, size);
    expect(client.send(payload)).toBe(size < 65_530 ? "sent" : "buffered");
    for (let i = copiesOf(delivery, size); i > 0; i--) {
      expect(summary((await client.receive()) ?? "")).toEqual(summary(payload));
    }
  });

  test("many messages of all sizes and both kinds, in one turn", async () => {
    const { url } = await wsServer((socket) => {
      socket.on("message", (data, binary) => socket.send(data, { binary }));
    });
    const options = { maxMessageSize: MAX_MESSAGE_SIZE, maxBufferedAmount: 2 ** 26 };
    const client = await openClient(url, {}, options);
    const payloads = [0, 1, 2, 3].flatMap(() =>
      KINDS.flatMap((kind) => SIZES.map((size) => payloadOf(kind, size))),
    );
    for (const payload of payloads) client.send(payload);
    // Sent as they were at the call: a client copies.
    for (const payload of payloads) if (typeof payload !== "string") payload.fill(0);
    const expected = payloads.map((payload) =>
      typeof payload === "string" ? summary(payload) : summaryOf(payload),
    );
    for (const [i, wanted] of expected.entries()) {
      expect(summary((await client.receive()) ?? ""), `message ${i}`).toEqual(wanted);
    }
  });
});

const summaryOf = ({ length }: Buffer) => summary(payloadOf("binary", length));
