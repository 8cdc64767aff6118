import { fc, test } from "@fast-check/vitest";
import { ClientDeflate, ServerDeflate } from "@plyws/permessage-deflate";
import { portableEngine } from "@plyws/permessage-deflate/portable";
import { seededRandom } from "@plyws/testkit";
import { expect } from "vitest";
import { acceptWebSocket, type ByteStream, connectWebSocket, type MessageData } from "../src/index.ts";
import { pair } from "./support/streams.ts";

const engine = portableEngine();
const clientDeflate = new ClientDeflate({ engine, threshold: 10 });
const serverDeflate = new ServerDeflate({ engine, threshold: 10 });

/** The same stream, cut anew everywhere: chunks of random sizes, as a network might make them. */
function recut({ readable, writable }: ByteStream & { readable: unknown }, seed: number): ByteStream {
  const random = seededRandom(seed);
  const cutter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      for (let at = 0; at < chunk.length; ) {
        const size = 1 + Math.floor(random() ** 4 * 3000);
        controller.enqueue(chunk.slice(at, at + size));
        at += size;
      }
    },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { readable: (readable as ReadableStream<Uint8Array>).pipeThrough(cutter), writable };
}

const message: fc.Arbitrary<MessageData> = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 100 }),
  fc.uint8Array({ maxLength: 300 }),
  fc.integer({ min: 0, max: 70_000 }).map((length) => new Uint8Array(length).fill(length)),
);
const messages = fc.array(message, { maxLength: 8 });

test.prop([messages, messages, fc.integer(), fc.boolean(), fc.boolean()], { numRuns: 60 })(
  "a client and a server understand each other from the first octet to the last, however the stream is cut",
  async (fromClient, fromServer, seed, compresses, clientCloses) => {
    const streams = pair();
    const [client, server] = await Promise.all([
      connectWebSocket(recut(streams.client, seed), {
        url: "ws://localhost/",
        perMessageDeflate: compresses ? clientDeflate : undefined,
      }),
      acceptWebSocket(recut(streams.server, seed + 1), { perMessageDeflate: serverDeflate }),
    ]);
    if (server === null) throw new Error("refused");
    expect(client.extensions).toBe(server.extensions);
    expect(client.extensions !== "").toBe(compresses);

    const receive = async (socket: typeof client, count: number) => {
      const received: (MessageData | null)[] = [];
      while (received.length < count) received.push(await socket.receive());
      return received;
    };
    for (const item of fromClient) client.send(item);
    for (const item of fromServer) server.send(item);
    expect(
      await Promise.all([receive(server, fromClient.length), receive(client, fromServer.length)]),
    ).toEqual([fromClient, fromServer]);

    const [here, there] = clientCloses ? [client, server] : [server, client];
    here.close(4000, "done");
    expect(await there.closed).toMatchObject({ code: 4000, reason: "done", clean: true });
    expect(await here.closed).toMatchObject({ code: 4000, clean: true, initiator: "local" });
    expect([here.bufferedAmount, there.bufferedAmount]).toEqual([0, 0]);
  },
);
