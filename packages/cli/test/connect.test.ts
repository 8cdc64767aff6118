import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { complete, serve, start } from "./support/here.ts";
import { portOf } from "./support/ports.ts";

test("sends lines, writes lines, and closes when nothing more comes", async () => {
  const { url } = await serve();
  const outcome = await complete(["connect", url, "--linger", "50"], {
    input: "one\n\ntwo \u001b[2J\r\nthree",
  });
  // In a pipe the data passes as it is.
  expect(outcome).toEqual({ code: 0, stdout: "one\n\ntwo \u001b[2J\nthree\n", stderr: "" });
});

test("works with ws", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
  onTestFinished(() => server.close());
  await once(server, "listening");
  server.on("connection", (socket) =>
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  const port = portOf(server);
  const args = ["connect", `127.0.0.1:${port}`, "--count", "2", "--compress"];
  expect(await complete(args, { input: "one\ntwo\n" })).toEqual({
    code: 0,
    stdout: "one\ntwo\n",
    stderr: "",
  });
});

test.each<[string, string[], string | Uint8Array, (string | Uint8Array)[], string | Uint8Array]>([
  [
    "lines of hexadecimal",
    ["--binary"],
    "00 ff\n68\n",
    [Uint8Array.of(0, 255), Uint8Array.of(0x68)],
    "00ff\n68\n",
  ],
  ["octets", ["--raw"], Uint8Array.of(0, 10, 255), [Uint8Array.of(0, 10, 255)], Uint8Array.of(0, 10, 255)],
  ["octets as one message", ["--raw", "--whole"], "a\nb\n", [Buffer.from("a\nb\n")], "a\nb\n"],
  ["all text as one message", ["--whole"], "é\nb", ["é\nb"], "é\nb\n"],
  ["octets that are no UTF-8", [], Uint8Array.of(0xff, 0x0a), ["\ufffd"], "\ufffd\n"],
  ["nothing", [], "", [], ""],
])("sends %s", async (_, args, input, messages, output) => {
  const received: (string | Uint8Array)[] = [];
  const { url } = await serve({
    message: (socket, data) => {
      received.push(typeof data === "string" ? data : Buffer.from(data));
      socket.send(data);
    },
  });
  const { stdout, outcome } = start(["connect", url, "--linger", "50", ...args], { input });
  expect((await outcome).code).toBe(0);
  expect(received).toEqual(
    messages.map((message) => (typeof message === "string" ? message : Buffer.from(message))),
  );
  expect(Buffer.compare(stdout.octets, Buffer.from(output))).toBe(0);
});

test("sends one message of any size, while it is read", async () => {
  let size = 0;
  const { url } = await serve({
    stream: async (socket, message) => {
      for await (const piece of message) size += piece.length;
      socket.send("all");
    },
  });
  const input = Buffer.alloc(5_000_000, 97);
  expect((await complete(["connect", url, "--whole", "--raw", "-n", "1"], { input })).stdout).toBe("all");
  expect(size).toBe(input.length);
});

test("writes everything as JSON", async () => {
  const { url } = await serve({
    open: (socket) => {
      socket.send("a\n\u009b");
      socket.send(Uint8Array.of(0, 255));
      socket.close(1000, "by\u202ee");
    },
    message: () => {},
  });
  const { code, stdout } = await complete(["connect", url, "--json"], { input: null });
  expect(code).toBe(0);
  expect(stdout).toContain(String.raw`"a\n\u009b"`);
  expect(stdout).toContain(String.raw`"by\u202ee"`);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { type: "open", time, url, subprotocol: "", extensions: "", remoteAddress: "127.0.0.1" },
    { type: "text", time, size: 4, data: "a\n\u009b" },
    { type: "binary", time, size: 2, base64: "AP8=" },
    { type: "close", time, code: 1000, reason: "by\u202ee", clean: true, initiator: "remote", error: null },
  ]);
});

test("shows binary messages and control characters on a terminal", async () => {
  const { url } = await serve({
    open: (socket) => {
      socket.send("\u001b]0;title\u0007\nClosed: 1000");
      socket.send(Uint8Array.of(0x1b, 0x41));
      socket.close();
    },
    message: () => {},
  });
  const { stdout } = await complete(["connect", url], { input: null, isTTY: true, env: { NO_COLOR: "1" } });
  expect(stdout).toBe(
    [
      "< \\u{1b}]0;title\\u{7}",
      "  Closed: 1000",
      "< binary, 2 octets",
      `  00000000  1b 41${" ".repeat(45)}|.A|`,
      "",
    ].join("\n"),
  );
});

test("uses colours on a terminal, unless NO_COLOR says not to", async () => {
  const { url } = await serve({ open: (socket) => (socket.send("x"), socket.close()), message: () => {} });
  const shown = (env: NodeJS.ProcessEnv) => complete(["connect", url], { input: null, isTTY: true, env });
  expect((await shown({})).stdout).toBe("\u001b[36m<\u001b[39m x\n");
  expect((await shown({ NO_COLOR: "1" })).stdout).toBe("< x\n");
});

test("offers what it is told to offer", async () => {
  const seen: unknown[] = [];
  const { url } = await serve(
    { message: () => {} },
    {
      subprotocols: ["b"],
      origin: "any",
      accept: ({ headers, origin, subprotocols, url: path }) => {
        seen.push(headers.get("x-a"), headers.get("authorization"), origin, subprotocols, path);
        return { data: undefined };
      },
    },
  );
  const { host } = new URL(url);
  const args = [
    "-H",
    "X-A: 1: 2",
    "-H",
    "Authorization:Bearer x",
    "-s",
    "a",
    "-s",
    "b",
    "-o",
    "http://page.test",
  ];
  const { stdout } = await complete(["connect", `${host}/p?q`, "--json", "--linger", "0", ...args]);
  expect(seen).toEqual(["1: 2", "Bearer x", "http://page.test", ["a", "b"], "/p?q"]);
  expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({ subprotocol: "b" });
});

test("--wait stays until the server closes", async () => {
  const server = await serve({
    open: (socket) => void setTimeout(() => socket.send("late"), 300),
    message: () => {},
  });
  const running = start(["connect", server.url, "--wait"]);
  await running.stdout.until(/late/);
  await server.close();
  expect((await running.outcome).code).toBe(0);
});

test("an interruption closes with 1000", async () => {
  const closes: number[] = [];
  const { url } = await serve({
    open: (socket) => socket.send("hi"),
    message: () => {},
    close: (_, { code }) => void closes.push(code),
  });
  const running = start(["connect", url], { input: null });
  await running.stdout.until(/hi/);
  running.stop();
  expect((await running.outcome).code).toBe(0);
  await expect.poll(() => closes).toEqual([1000]);
});
