import { text } from "@plyws/testkit";
import { expect, test } from "vitest";
import { complete, serve } from "./support/here.ts";
import { startRaw } from "./support/raw.ts";

const withoutTimes = (output: string): string[] =>
  output
    .replaceAll(/^\d\d:\d\d:\d\d\.\d{3} /gm, "")
    .trimEnd()
    .split("\n");

test("shows the frames of both directions in place of messages", async () => {
  const { url } = await serve({
    open: (socket) => void socket.ping(),
    message: (socket, data) => void socket.send(data),
  });
  const { code, stdout } = await complete(["inspect", url, "--linger", "50"], { input: "Hello\n\u009b\n" });
  expect(code).toBe(0);
  const lines = withoutTimes(stdout);
  expect(lines[0]).toBe(`Connected to ${url}`);
  expect(lines.at(-1)).toBe("Closed: 1000");
  const frames = lines.slice(1, -1);
  expect(frames.filter((line) => line.startsWith(">"))).toEqual(
    [
      "> pong fin masked 4 00 00 00 01",
      '> text fin masked 5 "Hello"',
      '> text fin masked 2 "\\u{9b}"',
      "> close fin masked 2 1000",
    ].toSorted((a, b) => frames.indexOf(a) - frames.indexOf(b)),
  );
  expect(frames.filter((line) => line.startsWith("<"))).toEqual([
    "< ping fin 4 00 00 00 01",
    '< text fin 5 "Hello"',
    '< text fin 2 "\\u{9b}"',
    "< close fin 2 1000",
  ]);
});

test("writes JSON, with what a session does beside the frames", async () => {
  const { url } = await serve();
  const args = ["inspect", url, "--json", "--binary", "--count", "1"];
  const { stdout } = await complete(args, { input: "00ff\n" });
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.map(({ type, direction, name, hex }) => [type, direction, name, hex])).toEqual([
    ["open", undefined, undefined, undefined],
    ["frame", "sent", "binary", "00ff"],
    ["frame", "received", "binary", "00ff"],
    ["frame", "sent", "close", "03e8"],
    ["frame", "received", "close", "03e8"],
    ["close", undefined, undefined, undefined],
  ]);
});

test("names the rule that the server breaks", async () => {
  const url = await startRaw(text("a", { mask: Uint8Array.of(1, 2, 3, 4) }));
  const { code, stdout } = await complete(["inspect", url], { input: null });
  expect(code).toBe(3);
  const lines = withoutTimes(stdout);
  expect(lines).toContain('< text fin masked 1 "a"');
  expect(lines.at(-1)).toBe("The connection failed: a frame from a server is masked (RFC 6455 section 5.1)");
});

test("shows what comes right behind the opening handshake, and loses no frame of a flood", async () => {
  const count = 20_000;
  const { url } = await serve({
    open: (socket) => {
      for (let number = 0; number < count; number++) socket.send(`${number}`);
      socket.close();
    },
    message: () => {},
  });
  const { stdout } = await complete(["inspect", url], { input: null });
  const texts = withoutTimes(stdout).filter((line) => line.startsWith("< text"));
  expect(texts).toHaveLength(count);
  expect(texts.at(-1)).toBe(`< text fin 5 "${count - 1}"`);
});
