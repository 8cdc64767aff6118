import { networkInterfaces } from "node:os";
import { type ConnectOptions, connect } from "@plyws/node";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { urlsOf } from "../src/listen/addresses.ts";
import { complete, type Running, serve, start } from "./support/here.ts";

async function startListen(...args: readonly string[]): Promise<Running & { url: string }> {
  const running = start(["listen", "--port", "0", ...args]);
  const [, url = ""] = await running.stdout.until(/Listening on (ws:\S+\/)/);
  return { ...running, url };
}

const refusalOf = (url: string, options: ConnectOptions): Promise<number> =>
  connect(url, options).then(
    (socket) => (socket.terminate(), 101),
    (error: { status?: number }) => error.status ?? 0,
  );

test("echoes texts and octets, tells who comes and goes, and closes all with 1001", async () => {
  const { url, stdout, stop, outcome } = await startListen();
  expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/);
  const socket = await connect(`${url}a%20b?c`);
  socket.send("hello");
  socket.send(Uint8Array.of(0, 255));
  expect(await socket.receive()).toBe("hello");
  expect(await socket.receive()).toEqual(Uint8Array.of(0, 255));
  const other = await connect(url);
  other.close(4000, "by\u009be");
  await stdout.until(/#2 Closed by the peer: 4000 by\\u\{9b\}e/);
  stop();
  expect((await socket.closed).code).toBe(1001);
  expect(await outcome).toMatchObject({ code: 0, stderr: "" });
  expect(stdout.text).toContain("#1 from 127.0.0.1 for /a%20b?c\n");
  expect(stdout.text).toContain("#1 Closed: 1001\n");
});

test("echoes to ws, large messages and compressed ones too", async () => {
  const { url } = await startListen("--compress", "--max-message-size", "3MiB");
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.once("open", resolve));
  expect(socket.extensions).toContain("permessage-deflate");
  const message = "x".repeat(2_000_000);
  for (let count = 0; count < 3; count++) socket.send(message);
  for (let count = 0; count < 3; count++) {
    const data: Buffer = await new Promise((resolve) => socket.once("message", resolve));
    expect(data.toString() === message).toBe(true);
  }
  socket.close();
  await new Promise((resolve) => socket.once("close", resolve));
});

test("--broadcast sends to all others", async () => {
  const { url } = await startListen("--broadcast");
  const [ann, ben, cat] = await Promise.all([connect(url), connect(url), connect(url)]);
  ann.send("from ann");
  expect(await ben.receive()).toBe("from ann");
  expect(await cat.receive()).toBe("from ann");
  ben.send(Uint8Array.of(1));
  // Not its own message: this one.
  expect(await ann.receive()).toEqual(Uint8Array.of(1));
  for (const socket of [ann, ben, cat]) socket.terminate();
});

test("lets in programs, and only the pages that were listed", async () => {
  const { url, stdout } = await startListen("--origin", "http://localhost:3000", "-o", "https://page.test");
  expect(await refusalOf(url, {})).toBe(101);
  expect(await refusalOf(url, { origin: "http://localhost:3000" })).toBe(101);
  expect(await refusalOf(url, { origin: "https://page.test" })).toBe(101);
  expect(await refusalOf(url, { origin: "http://page.test" })).toBe(403);
  await stdout.until(/Refused a page of http:\/\/page\.test: --origin lets it in/);
});

test("lets in no page at all by default, not even one of the same host", async () => {
  const { url } = await startListen();
  expect(await refusalOf(url, { origin: url.replace("ws:", "http:").slice(0, -1) })).toBe(403);
  const open = await startListen("--origin", "any");
  expect(await refusalOf(open.url, { origin: "http://evil.test" })).toBe(101);
});

test("keeps its limits", async () => {
  const { url } = await startListen("--max-connections", "1", "--max-message-size", "10");
  const socket = await connect(url);
  expect(await refusalOf(url, {})).toBe(503);
  socket.send("more than ten octets");
  expect((await socket.closed).code).toBe(1009);
});

test("speaks subprotocols", async () => {
  const { url } = await startListen("-s", "b", "-s", "a");
  const socket = await connect(url, { subprotocols: ["a", "b", "c"] });
  expect(socket.subprotocol).toBe("b");
  socket.terminate();
});

test("tells everything as JSON, or nothing", async () => {
  const json = start(["listen", "--port", "0", "--json"]);
  const [, url = ""] = await json.stdout.until(/"urls":\["([^"]+)"/);
  const socket = await connect(url);
  await refusalOf(url, { origin: "http://a" });
  socket.close(4000, "x");
  await json.stdout.until(/"close"/);
  const events = json.stdout.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events).toEqual([
    { type: "listening", time: expect.any(String), urls: [url] },
    { type: "open", time: expect.any(String), id: 1, url: "/", remoteAddress: "127.0.0.1", subprotocol: "" },
    { type: "refused", time: expect.any(String), origin: "http://a" },
    { type: "close", time: expect.any(String), id: 1, code: 4000, reason: "x", clean: true, error: null },
  ]);
  const quiet = await startListen("--quiet");
  const silent = await connect(quiet.url);
  silent.close();
  await silent.closed;
  expect(quiet.stdout.text.split("\n")).toHaveLength(2);
});

test("names the addresses of the machine when it listens on all of them", () => {
  const url = "ws://localhost:9001/";
  expect(urlsOf(url, "127.0.0.1")).toEqual([url]);
  const own = Object.values(networkInterfaces()).flatMap((ofOne) => ofOne ?? []);
  const outer = own.filter(({ internal, family }) => !internal && family === "IPv4");
  expect(urlsOf(url, "0.0.0.0")).toEqual([url, ...outer.map(({ address }) => `ws://${address}:9001/`)]);
  expect(urlsOf(url, "::")).toEqual(expect.arrayContaining(urlsOf(url, "0.0.0.0")));
  for (const one of urlsOf(url, "::")) expect(URL.canParse(one), one).toBe(true);
});

test("says when a port is taken", async () => {
  const { url } = await serve();
  const { port } = new URL(url);
  const { code, stderr } = await complete(["listen", "--port", port]);
  expect(stderr).toBe(`Port ${port} of 127.0.0.1 is taken: --port chooses another, 0 any free one.\n`);
  expect(code).toBe(1);
});

test.each([
  [["x"], 'Unexpected argument "x"'],
  [["--", "cat"], "Nothing may follow --."],
  [["--exec"], "--exec needs a program behind --"],
  [["--exec", "--"], "--exec needs a program behind --"],
  [["--exec", "--broadcast", "--", "cat"], "Use either --exec or --broadcast."],
  [["--binary"], "--binary is for --exec."],
  [["--port", "65536"], "--port takes a number from 0 to 65535"],
  [["--origin", "localhost"], "--origin takes a scheme and a host"],
  [["--max-connections", "0"], "--max-connections takes a number from 1"],
  [["-s", "a b"], "--subprotocol takes a name without spaces"],
])("listen %j is a mistake", async (args, message) => {
  const { code, stderr } = await complete(["listen", ...args]);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
