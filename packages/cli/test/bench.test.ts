import { expect, test } from "vitest";
import { complete, serve, start } from "./support/here.ts";

interface Report {
  readonly sent: number;
  readonly echoed: number;
  readonly wrong: number;
  readonly missing: number;
  readonly messagesPerSecond: number;
  readonly latency: Readonly<Record<"p50" | "p90" | "p99" | "max", number>>;
  readonly errors: readonly { readonly text: string; readonly times: number }[];
}

async function bench(
  url: string,
  ...args: readonly string[]
): Promise<{ code: number | null; report: Report }> {
  const { code, stdout } = await complete(["bench", url, "--json", ...args]);
  return { code, report: JSON.parse(stdout) };
}

test.each([
  ["by default", ["-n", "500"], 500, 10],
  ["with one connection", ["-n", "50", "-c", "1"], 50, 1],
  ["with many in flight", ["-n", "1000", "-c", "3", "--in-flight", "50"], 1000, 3],
  ["of octets", ["-n", "100", "--binary", "--size", "100KiB", "-c", "2"], 100, 2],
  ["of nothing", ["-n", "30", "--size", "0"], 30, 10],
  ["with more connections than messages", ["-n", "3", "-c", "60"], 3, 60],
  ["at a rate", ["-n", "60", "-r", "500"], 60, 10],
  ["compressed", ["-n", "50", "--compress", "--size", "2000"], 50, 10],
])("sends and checks messages %s", async (_, args, messages, connections) => {
  const server = await serve(undefined, { perMessageDeflate: true });
  const { code, report } = await bench(server.url, ...args);
  expect(report).toMatchObject({ sent: messages, echoed: messages, wrong: 0, missing: 0, errors: [] });
  expect(code).toBe(0);
  const { p50, p90, p99, max } = report.latency;
  expect([p50, p90, p99, max]).toEqual([p50, p90, p99, max].toSorted((a, b) => a - b));
  expect(p50).toBeGreaterThan(0);
  expect(report.messagesPerSecond).toBeGreaterThan(0);
  expect(server.counters).toMatchObject({ opened: connections, messagesReceived: messages });
  await expect.poll(() => server.counters.closed).toBe(connections);
});

test("keeps to a rate and to a time", async () => {
  const { url, counters } = await serve();
  expect(counters.opened).toBe(0);
  const begin = performance.now();
  const { report } = await bench(url, "--duration", "400", "--rate", "100");
  const elapsed = performance.now() - begin;
  expect(elapsed).toBeGreaterThan(390);
  // The first is due at once, and one every ten milliseconds; a slow machine sends fewer.
  expect(report.sent).toBeLessThanOrEqual(1 + elapsed / 10);
  expect(report.sent).toBeGreaterThan(0);
  expect(report.echoed).toBe(report.sent);
});

test("finds echoes that are wrong, and says so to people", async () => {
  let count = 0;
  const { url } = await serve({
    message: (socket, data) => void socket.send(++count % 10 === 0 ? "something else" : data),
  });
  const { code, stdout } = await complete(["bench", url, "-n", "100", "-c", "2"]);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^127\.0\.0\.1:\d+\/: 2 connections, 1 in flight on each, 32 octets of text\n/);
  expect(stdout).toMatch(/^ {2}echoes {3}90 of 100 messages in [\d.]+ s$/m);
  expect(stdout).toMatch(/^ {2}errors {3}10 echoes wrong, 0 missing$/m);
  expect(stdout).toMatch(/10 × An echo is not what was sent/);
});

test("gives up on a server that does not echo", async () => {
  const { url } = await serve({ message: () => {} });
  const { code, report } = await bench(url, "-n", "100", "-c", "2", "--timeout", "300");
  expect(code).toBe(3);
  expect(report).toMatchObject({ sent: 2, echoed: 0, missing: 2 });
  expect(report.errors[0]?.text).toContain("does the server send messages back?");
});

test("tells that connections were closed, and goes on with the others", async () => {
  let opened = 0;
  const { url } = await serve({
    open: (socket) => {
      if (++opened === 1) setTimeout(() => socket.close(4001, "not \u001b[2Jyou"), 50);
    },
    message: (socket, data) => void setTimeout(() => socket.send(data), 5),
  });
  const { code, stdout } = await complete(["bench", url, "-c", "2", "-d", "400"]);
  expect(code).toBe(3);
  expect(stdout).toContain("1 × Closed by the peer: 4001 not \\u{1b}[2Jyou");
  expect(Number(/(\d+) of \d+ messages/.exec(stdout)?.[1])).toBeGreaterThan(2);
});

test("ends with what it has when it is interrupted", async () => {
  const server = await serve();
  const running = start(["bench", server.url, "-d", "60000", "-r", "200", "--json"]);
  await expect.poll(() => server.counters.messagesReceived).toBeGreaterThan(5);
  running.stop();
  const { code, stdout } = await running.outcome;
  expect(code).toBe(0);
  expect(JSON.parse(stdout).echoed).toBeGreaterThan(5);
});

test.each([
  [["ws://127.0.0.1:1"], 1, "Nothing listens at 127.0.0.1:1"],
  [["ws://a", "-n", "1", "-d", "1"], 2, "Use either --messages or --duration."],
  [["ws://a", "--size", "1TB"], 2, "--size takes octets from 0"],
  [["ws://a", "--rate", "0"], 2, "--rate takes a number from 1"],
  [[], 2, "is missing"],
])("bench %j ends with %i and says why", async (args, code, message) => {
  const outcome = await complete(["bench", ...args]);
  expect(outcome.stderr).toContain(message);
  expect(outcome.code).toBe(code);
});
