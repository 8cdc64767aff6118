import { binary, close, concat, continuation, ping, pong, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { broadcast, type ServerCounters, type WebSocketConnection } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { collector, DROP, ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { binaryOf } from "./support/payloads.ts";
import { masked, rawClient, rawConnect, requestHead } from "./support/raw-peer.ts";
import { until } from "./support/turns.ts";

const NOTHING = {
  messagesReceived: 0,
  messagesSent: 0,
  octetsReceived: 0,
  octetsSent: 0,
  pingsReceived: 0,
  pingsSent: 0,
};

/** Everything that a raw client sends, and what an echo server makes of it. */
const SENT = [
  text("Hello", masked),
  binary(binaryOf(300), masked),
  ping("are you there", masked),
  text("in ", { ...masked, fin: false }),
  pong("unasked", masked),
  continuation("pieces", masked),
];
const ECHOED = [text("Hello"), binary(binaryOf(300)), pong("are you there"), text("in pieces")];

describe("of a connection", () => {
  test("frames are counted to the octet, the opening handshake is not", async () => {
    const sockets = collector();
    const server = await startServer({ ...ECHO, ...sockets.events });
    const peer = await rawClient(server.url);
    const socket = await sockets.next();
    expect(socket.counters).toEqual(NOTHING);
    peer.write(...SENT);
    await peer.frames(ECHOED.length);
    expect(socket.counters).toEqual({
      messagesReceived: 3,
      messagesSent: 3,
      octetsReceived: concat(...SENT).length,
      octetsSent: concat(...ECHOED).length,
      pingsReceived: 1,
      pingsSent: 0,
    });
  });

  test("what comes together with the request counts", async () => {
    const sockets = collector();
    const server = await startServer({ ...ECHO, ...sockets.events });
    const peer = await rawConnect(server.url);
    peer.write(requestHead(), ...SENT);
    await peer.head();
    await peer.frames(ECHOED.length);
    expect((await sockets.next()).counters).toMatchObject({
      messagesReceived: 3,
      octetsReceived: concat(...SENT).length,
    });
  });

  test("what a call gave does not change", async () => {
    const server = await startServer();
    const client = await openClient(server.url);
    const before = client.counters;
    await roundTrip(client, "x");
    expect(before).toEqual(NOTHING);
    expect(client.counters).toMatchObject({ messagesReceived: 1, messagesSent: 1 });
  });

  test.each([
    ["ws", {}, {}],
    ["wss", { tls: certificate }, { tls: { ca: certificate.cert } }],
  ])(
    "by %s both ends count the same octets, large messages, Pings and Close frames included",
    async (_, tls, trust) => {
      const sockets = collector();
      const server = await startServer({ ...ECHO, ...sockets.events }, { ...tls, pingInterval: 0 });
      const client = await openClient(server.url, {}, trust);
      const socket = await sockets.next();
      for (const size of [0, 125, 126, 20_000, 200_000]) await roundTrip(client, binaryOf(size));
      expect(await Promise.all([client.ping(), socket.ping()])).toEqual([
        expect.any(Number),
        expect.any(Number),
      ]);
      client.close(4000, "done");
      await client.closed;
      await socket.closed;
      const [there, here] = [client.counters, socket.counters];
      expect(there).toMatchObject({ messagesReceived: 5, messagesSent: 5, pingsReceived: 1, pingsSent: 1 });
      expect(here).toMatchObject({ messagesReceived: 5, messagesSent: 5, pingsReceived: 1, pingsSent: 1 });
      expect(there.octetsSent).toBe(here.octetsReceived);
      expect(here.octetsSent).toBe(there.octetsReceived);
      // Five headers, masked; a Ping, a Pong of four octets each; a Close frame.
      expect(there.octetsSent).toBe(220_251 + (6 + 6 + 8 + 8 + 14) + 2 * 10 + 12);
    },
  );

  test("a message in pieces counts once, at its end, in both directions", async () => {
    const server = await startServer({
      stream: (socket, message) => socket.sendStream(message, message.type),
    });
    const client = await openClient(server.url);
    const counted: number[] = [];
    await client.sendStream(
      (async function* () {
        for (const piece of ["a", "b", "c"]) {
          counted.push(client.counters.messagesSent);
          yield piece;
        }
      })(),
      "text",
    );
    expect(counted).toEqual([0, 0, 0]);
    expect(await client.receive()).toBe("abc");
    expect(client.counters).toMatchObject({ messagesSent: 1, messagesReceived: 1 });
    expect(server.counters).toMatchObject({ messagesSent: 1, messagesReceived: 1 });
  });

  test("what is not sent does not count: dropped, or after the end", async () => {
    const sockets = collector();
    const server = await startServer(
      { ...DROP, ...sockets.events },
      { maxBufferedAmount: 1000, overflow: "drop" },
    );
    const peer = await rawClient(server.url);
    const socket = await sockets.next();
    peer.socket.pause();
    let sent = 0;
    while (socket.send(binaryOf(100_000)) !== "dropped") sent++;
    expect(socket.counters.messagesSent).toBe(sent);
    expect(socket.counters.octetsSent).toBe(sent * 100_010);
    socket.terminate();
    expect(socket.send("too late")).toBe("closed");
    expect(socket.counters.messagesSent).toBe(sent);
  });

  test("a message that is held back behind one in pieces counts when it goes out, and not when it never does", async () => {
    const server = await startServer(DROP);
    const client = await openClient(server.url);
    const sending = client.sendStream(
      (async function* () {
        yield "begin";
        client.send("held back");
        expect(client.counters.messagesSent).toBe(0);
        client.terminate();
        yield "end";
      })(),
      "text",
    );
    expect(await sending).toBe("closed");
    expect(client.counters.messagesSent).toBe(0);
  });

  test("a message that is not valid does not count, but its octets do", async () => {
    const sockets = collector();
    const server = await startServer({ ...ECHO, ...sockets.events });
    const peer = await rawClient(server.url);
    const bad = text(new Uint8Array([0xff]), masked);
    peer.write(bad);
    await peer.frames(1);
    const { counters } = await sockets.next();
    expect(counters).toMatchObject({ messagesReceived: 0, octetsReceived: bad.length });
  });
});

describe("of a server", () => {
  test("sums of the connections that are there and of those that have ended", async () => {
    const server = await startServer();
    const empty: ServerCounters = { ...NOTHING, opened: 0, closed: 0, refused: 0 };
    expect(server.counters).toEqual(empty);
    const clients = await Promise.all(Array.from({ length: 5 }, () => openClient(server.url)));
    for (const client of clients) await roundTrip(client, "12345");
    const busy = {
      messagesReceived: 5,
      messagesSent: 5,
      octetsReceived: 5 * 11,
      octetsSent: 5 * 7,
      pingsReceived: 0,
      pingsSent: 0,
    };
    expect(server.counters).toEqual({ ...busy, opened: 5, closed: 0, refused: 0 });
    for (const client of clients.slice(0, 3)) {
      client.close(1000);
      await client.closed;
    }
    await until("the server knows it", () => server.connections.size === 2);
    expect(server.counters).toEqual({
      ...busy,
      octetsReceived: 5 * 11 + 3 * 8,
      octetsSent: 5 * 7 + 3 * 4,
      opened: 5,
      closed: 3,
      refused: 0,
    });
    await server.close({ deadline: 0 });
    expect(server.counters).toMatchObject({ messagesReceived: 5, opened: 5, closed: 5 });
  });

  test("they never go down, whatever way a connection ends with octets that wait", async () => {
    const sockets = collector();
    const server = await startServer({ ...DROP, ...sockets.events });
    const ends: ((socket: WebSocketConnection) => void)[] = [
      (socket) => socket.terminate(),
      (socket) => socket.close(4000),
    ];
    let highest = server.counters;
    const look = (): void => {
      const { counters } = server;
      for (const name of ["octetsSent", "messagesSent", "octetsReceived", "closed"] as const) {
        expect(counters[name]).toBeGreaterThanOrEqual(highest[name]);
      }
      highest = counters;
    };
    for (const end of ends) {
      const peer = await rawClient(server.url);
      peer.socket.pause();
      const socket = await sockets.next();
      for (let count = 0; count < 20; count++) socket.send(binaryOf(500_000));
      await new Promise(setImmediate);
      look();
      end(socket);
      look();
      peer.reset();
      await socket.closed;
      look();
    }
    await until("no connection is left", () => server.connections.size === 0);
    look();
    expect(highest.messagesSent).toBe(40);
    expect(highest.octetsSent).toBeGreaterThanOrEqual(40 * 500_010);
  });

  test("broadcast counts for those that it was sent to", async () => {
    const server = await startServer(DROP);
    const clients = await Promise.all(Array.from({ length: 3 }, () => openClient(server.url)));
    await until("all are open", () => server.connections.size === 3);
    broadcast(server.connections, "news");
    expect(await Promise.all(clients.map((client) => client.receive()))).toEqual(["news", "news", "news"]);
    expect(server.counters).toMatchObject({ messagesSent: 3, octetsSent: 3 * 6 });
  });

  test("a Close frame alone is no message", async () => {
    const server = await startServer();
    const peer = await rawClient(server.url);
    peer.write(close(1000, "", masked));
    await peer.frames(1);
    await until("it ends", () => server.counters.octetsReceived === 8);
    expect(server.counters).toMatchObject({ messagesReceived: 0, messagesSent: 0, octetsSent: 4 });
  });
});
