import { once } from "node:events";
import { connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { connect } from "@plyws/node";
import { close, concat, everyCut, frame, MASK, ping, randomCuts, seededRandom, text } from "@plyws/testkit";
import { expect, onTestFinished, test } from "vitest";
import { type Running, serve, start } from "./support/here.ts";
import { portOf } from "./support/ports.ts";

/** A server of bare streams: what it does with each is up to the test. */
async function startBare(serveStream: (stream: Socket) => void): Promise<{ port: number; server: Server }> {
  const server = createServer({ allowHalfOpen: true }, (stream) => {
    stream.on("error", () => {});
    serveStream(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: portOf(server), server };
}

async function startProxy(to: string, ...more: readonly string[]): Promise<Running & { port: number }> {
  const running = start(["inspect", "--listen", "0", "--to", to, ...more]);
  const [, port] = await running.stderr.until(/ws:\/\/127\.0\.0\.1:(\d+)\//);
  return { ...running, port: Number(port) };
}

async function openStream(port: number): Promise<Socket> {
  const stream = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  stream.on("error", () => {});
  onTestFinished(() => void stream.destroy());
  await once(stream, "connect");
  return stream;
}

async function allOf(stream: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const mask = { mask: MASK };
const request = Buffer.from("GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");
const response = Buffer.from("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");

/** Octets of a client and of a server: right, wrong, and no WebSocket at all. */
const conversations: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
  [
    "frames",
    concat(request, text("Hello", mask), ping("p", mask), close(1000, "", mask)),
    concat(response, text("Hello"), close(1000)),
  ],
  ["violations", concat(request, text([0xff]), frame({ opcode: 3 })), concat(response, text("a", mask))],
  ["another protocol", Buffer.from("SSH-2.0-client\r\n"), Buffer.from("SSH-2.0-server\r\n")],
];

test.each(conversations)(
  "passes %s octet for octet, at every cut",
  { timeout: 60_000 },
  async (_, sent, answer) => {
    const received: Promise<Buffer>[] = [];
    const answers: (readonly Uint8Array[])[] = [];
    const { port } = await startBare((stream) => {
      received.push(allOf(stream));
      void (async () => {
        for (const part of answers[received.length - 1] ?? [answer]) {
          stream.write(part);
          await new Promise((resolve) => setImmediate(resolve));
        }
        stream.end();
      })();
    });
    const proxy = await startProxy(`ws://127.0.0.1:${port}`);
    const answerCuts = [...everyCut(answer)];
    let count = 0;
    for (const parts of everyCut(sent)) {
      answers.push(answerCuts[count % answerCuts.length] ?? [answer]);
      const stream = await openStream(proxy.port);
      const back = allOf(stream);
      for (const part of parts) {
        stream.write(part);
        await new Promise((resolve) => setImmediate(resolve));
      }
      stream.end();
      expect(Buffer.compare(await back, answer)).toBe(0);
      expect(Buffer.compare(await received[count]!, sent)).toBe(0);
      count++;
    }
    expect(count).toBe(sent.length - 1);
  },
);

test("passes large random octets in both directions, and each end of a stream by itself", async () => {
  const random = seededRandom(7);
  const octets = Buffer.from(Uint8Array.from({ length: 500_000 }, () => Math.floor(random() * 256)));
  const { port } = await startBare((stream) => {
    // It answers only after the client has ended its stream.
    void allOf(stream).then((all) => stream.end(all));
  });
  const proxy = await startProxy(`ws://127.0.0.1:${port}`);
  const stream = await openStream(proxy.port);
  const back = allOf(stream);
  for (const part of randomCuts(concat(request, octets), 3)) stream.write(part);
  stream.end();
  expect(Buffer.compare(await back, concat(request, octets))).toBe(0);
});

test("shows both directions of a real client and a real server", async () => {
  const server = await serve();
  const proxy = await startProxy(server.url);
  const socket = await connect(`ws://127.0.0.1:${proxy.port}/a?b`, { headers: { "x-note": "hi" } });
  socket.send("Hello \u001b[2J");
  expect(await socket.receive()).toBe("Hello \u001b[2J");
  socket.close(4000, "done");
  expect((await socket.closed).code).toBe(4000);
  await proxy.stdout.until(/client has ended/);
  proxy.stop();
  const { code, stdout } = await proxy.outcome;
  expect(code).toBe(0);
  const lines = stdout.replaceAll(/#1 \d\d:\d\d:\d\d\.\d{3} /g, "").split("\n");
  expect(lines[0]).toBe("> GET /a?b HTTP/1.1");
  expect(lines).toContain("    x-note: hi");
  expect(lines).toContain("< HTTP/1.1 101 Switching Protocols");
  expect(lines.filter((line) => /^[<>] (text|close)/.test(line))).toEqual([
    '> text fin masked 10 "Hello \\u001b[2J"',
    '< text fin 10 "Hello \\u001b[2J"',
    '> close fin masked 6 4000 "done"',
    "< close fin 2 4000",
  ]);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).not.toContain("violation");
});

test("knows compression, and writes JSON", async () => {
  const server = await serve(undefined, { perMessageDeflate: true });
  const proxy = await startProxy(server.url, "--json");
  const socket = await connect(`ws://127.0.0.1:${proxy.port}`, { perMessageDeflate: { threshold: 1 } });
  socket.send("again and again and again");
  await socket.receive();
  socket.close();
  await socket.closed;
  await proxy.stdout.until(/client has ended/);
  const events = proxy.stdout.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.filter(({ type }) => type === "violation")).toEqual([]);
  expect(events.find(({ name }) => name === "text")).toMatchObject({
    direction: "sent",
    rsv1: true,
    connection: 1,
  });
  expect(events[0]).toMatchObject({ type: "head", startLine: "GET / HTTP/1.1" });
});

test("tells why the server cannot be reached, and lets the client go", async () => {
  const { port, server } = await startBare(() => {});
  server.close();
  await once(server, "close");
  const proxy = await startProxy(`ws://127.0.0.1:${port}`);
  const stream = connectTcp(proxy.port, "127.0.0.1");
  await once(stream, "error");
  await proxy.stdout.until(/refused/);
  expect(proxy.stdout.text).toContain(`Nothing listens at 127.0.0.1:${port}: the connection was refused.`);
});

test("passes on that a stream is broken off", async () => {
  const { port } = await startBare((stream) => stream.once("data", () => stream.resetAndDestroy()));
  const proxy = await startProxy(`ws://127.0.0.1:${port}`);
  const stream = connectTcp(proxy.port, "127.0.0.1");
  stream.write(request);
  const [error] = await once(stream, "error");
  expect(error.code).toBe("ECONNRESET");
});

test.each([
  [["--listen", "0"], "--listen and --to belong together"],
  [["--to", "ws://a"], "--listen and --to belong together"],
  [["--host", "::1", "ws://a"], "--listen and --to belong together"],
  [["--listen", "0", "--to", "ws://a", "ws://b"], 'Unexpected argument "ws://b"'],
  [["--listen", "0", "--to", "ws://a", "--header", "a: b"], "--header is not for --listen"],
  [["--listen", "70000", "--to", "ws://a"], "--listen takes a number from 0 to 65535"],
])("inspect %j is a mistake", async (args, message) => {
  const { code, stderr } = await start(["inspect", ...args]).outcome;
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
