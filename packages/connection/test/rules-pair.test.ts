import { fc, test } from "@fast-check/vitest";
import { EventRecorder, type RecordedEvent, randomChunks, toHex, Wire, type WireEnd } from "@plyws/testkit";
import { expect } from "vitest";
import { Connection, OctetQueue, type Role } from "../src/index.ts";

/** A connection at one end of a wire, which writes after each call what is queued. */
function attach(role: Role, end: WireEnd) {
  const recorder = new EventRecorder();
  const outbox = new OctetQueue();
  let ended = false;
  const connection = new Connection(
    { role },
    {
      text: (data) => recorder.text(data),
      binary: (data) => recorder.binary(data),
      ping: (payload) => recorder.ping(payload),
      pong: (payload) => recorder.pong(payload),
      closed: ({ code, reason, clean }) => recorder.closed(code, reason, clean),
    },
    outbox,
  );
  const flush = () => {
    for (const octets of outbox.take()) end.send(octets);
    if (outbox.ended && !ended) {
      ended = true;
      end.end();
    }
  };
  end.onData = (chunk) => {
    connection.receive(chunk);
    flush();
  };
  end.onEnd = () => {
    connection.receiveEnd();
    flush();
  };
  return { connection, flush, events: recorder.events };
}

type Sent = Exclude<RecordedEvent, { type: "closed" }>;

const message: fc.Arbitrary<Sent> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), data: fc.string({ unit: "binary", maxLength: 80 }) }),
  fc.record({
    type: fc.constantFrom("ping" as const, "pong" as const),
    data: fc.uint8Array({ maxLength: 125 }),
  }),
  fc.record({
    type: fc.constant("binary" as const),
    data: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(70_000).fill(7))),
  }),
);

function send(connection: Connection, { type, data }: Sent): void {
  if (type === "text") connection.sendText(data);
  else if (type === "binary") connection.sendBinary(data.slice());
  else connection[type](data);
}

/** All but pongs, which may come anywhere in between. */
const messages = (events: readonly RecordedEvent[]) => events.filter(({ type }) => type !== "pong");

/** The payloads of the events of one type, in no order. */
function payloads(events: readonly RecordedEvent[], type: "ping" | "pong"): string[] {
  return events.flatMap((event) => (event.type === type ? [toHex(event.data)] : [])).toSorted();
}

test.prop(
  [fc.array(message, { maxLength: 8 }), fc.array(message, { maxLength: 8 }), fc.integer(), fc.boolean()],
  {
    numRuns: 60,
  },
)(
  "a client and a server understand each other, however the stream is cut",
  (fromClient, fromServer, seed, clientCloses) => {
    const wire = new Wire(randomChunks(seed));
    const client = attach("client", wire.a);
    const server = attach("server", wire.b);
    for (const item of fromClient) send(client.connection, item);
    for (const item of fromServer) send(server.connection, item);
    client.flush();
    server.flush();
    wire.run();

    expect(messages(server.events)).toEqual(messages(fromClient));
    expect(messages(client.events)).toEqual(messages(fromServer));
    const pongs = (sent: readonly Sent[], answered: readonly Sent[]) =>
      [...payloads(sent, "pong"), ...payloads(answered, "ping")].toSorted();
    expect(payloads(server.events, "pong")).toEqual(pongs(fromClient, fromServer));
    expect(payloads(client.events, "pong")).toEqual(pongs(fromServer, fromClient));

    const closing = clientCloses ? client : server;
    closing.connection.close(4000, "done");
    closing.flush();
    wire.run();
    const reason = (end: typeof client) => (end === closing ? "" : "done");
    for (const end of [client, server]) {
      expect(end.events.at(-1)).toEqual({ type: "closed", code: 4000, reason: reason(end), clean: true });
      expect(end.connection.state).toBe("closed");
    }
  },
);
