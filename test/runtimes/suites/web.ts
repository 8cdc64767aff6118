import { chopped, close, filled, frame, integer, octets, seededRandom, text } from "@plyws/testkit";
import {
  acceptWebSocket,
  type ByteStream,
  type CloseRecord,
  connectWebSocket,
  overStreams,
} from "@plyws/web";
import type { Check } from "../harness/check.ts";
import type { Suite } from "../harness/suite.ts";

/** Two ends of a byte stream in memory; what one writes arrives at the other in chunks of at most so many octets. */
function ends(most = Number.POSITIVE_INFINITY): [client: ByteStream, server: ByteStream] {
  const cut = () =>
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        for (const piece of chopped(chunk, Math.min(most, chunk.length || 1))) controller.enqueue(piece);
      },
    });
  const [up, down] = [cut(), cut()];
  return [
    { readable: down.readable, writable: up.writable },
    { readable: up.readable, writable: down.writable },
  ];
}

function ignore(): void {}

/** How a server ends to which a peer writes this, and ends its half. */
async function fate(chunk: Uint8Array): Promise<CloseRecord> {
  const [here, there] = ends();
  const server = overStreams(there, { role: "server", maxMessageSize: 1000 });
  const writer = here.writable.getWriter();
  writer.write(chunk).catch(ignore);
  writer.close().catch(ignore);
  const answers = here.readable.getReader();
  const drained = (async () => {
    while (!(await answers.read()).done);
  })().catch(ignore);
  if ((await server.receive()) !== null) throw new Error("a message");
  const record = await server.closed;
  await drained;
  return record;
}

async function conversation(check: Check): Promise<void> {
  const random = seededRandom(3);
  for (const most of [1, 7, Number.POSITIVE_INFINITY]) {
    const [near, far] = ends(most);
    const accepted = acceptWebSocket(far, { subprotocols: ["chat"], accept: () => ({}) });
    const client = await connectWebSocket(near, {
      url: "ws://localhost/room?x=1",
      subprotocols: ["talk", "chat"],
    });
    const server = await accepted;
    if (server === null) throw new Error("refused");
    const name = `in chunks of ${most}`;
    check.equal(`${name}: subprotocol`, [client.subprotocol, server.subprotocol], ["chat", "chat"]);
    check.equal(`${name}: url`, server.url, "/room?x=1");
    const messages = [
      "",
      "hello",
      "€ \u{1f600}",
      ...[0, 1, 125, 126, 65_535, 65_536].map((size) =>
        filled(most === Number.POSITIVE_INFINITY ? size : size % 1000, integer(random, 0, 255)),
      ),
    ];
    for (const message of messages) {
      client.send(message);
      const got = await server.receive();
      check.equal(`${name}: to the server`, got, message);
      server.send(got ?? "nothing");
      check.equal(`${name}: and back`, await client.receive(), message);
    }
    const pong = client.ping();
    const next = server.receive();
    check.equal(`${name}: a Ping`, typeof (await pong), "number");
    client.close(3000, "done");
    check.equal(`${name}: nothing more`, await next, null);
    const records = await Promise.all([client.closed, server.closed]);
    check.equal(
      `${name}: the end`,
      records.map(({ code, reason, clean }) => [code, reason, clean]),
      [
        // The answer to a Close frame repeats the code, not the reason.
        [3000, "", true],
        [3000, "done", true],
      ],
    );
  }
}

async function faults(check: Check): Promise<void> {
  const mask = octets("mask");
  const rows: readonly (readonly [string, Uint8Array, number])[] = [
    ["a reserved opcode", frame({ opcode: 3, mask }), 1002],
    ["a frame that is not masked", text("x"), 1002],
    ["no UTF-8", frame({ opcode: 1, payload: Uint8Array.of(0xff), mask }), 1007],
    ["a message that is too big", frame({ opcode: 2, payload: filled(1001, 1), mask }), 1009],
  ];
  for (const [name, chunk, code] of rows) {
    const { clean, sent } = await fate(chunk);
    check.equal(name, [clean, sent?.code], [false, code]);
  }
  const { code, reason } = await fate(close(1001, "away", { mask }));
  check.equal("a Close frame", [code, reason], [1001, "away"]);
}

async function requests(check: Check): Promise<void> {
  const [near, far] = ends();
  const refused: Error[] = [];
  const accepted = acceptWebSocket(far, { refused: (error) => refused.push(error) });
  const writer = near.writable.getWriter();
  await writer.write(octets("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const reader = near.readable.getReader();
  const { value = octets("") } = await reader.read();
  check.equal(
    "what is no upgrade",
    new TextDecoder().decode(value).split("\r\n")[0],
    "HTTP/1.1 426 Upgrade Required",
  );
  check.equal("is no connection", await accepted, null);
  await writer.close().catch(() => {});
}

const suite: Suite = {
  name: "@plyws/web",
  groups: { conversation, "what a peer does wrong": faults, "requests that are no upgrade": requests },
};
export default suite;
