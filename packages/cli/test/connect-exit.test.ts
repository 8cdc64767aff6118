import { once } from "node:events";
import { createServer } from "node:net";
import { Readable } from "node:stream";
import { refuse } from "@plyws/node";
import { close, frame, text } from "@plyws/testkit";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../src/index.ts";
import { Collector, complete, serve } from "./support/here.ts";
import { portOf } from "./support/ports.ts";
import { startRaw } from "./support/raw.ts";

test.each([
  [1000, "", 0],
  [1001, "", 0],
  [1011, "broken \u001b[2J", 3],
  [4000, "", 3],
])("exits after the close code %i (%j) with %i", async (code, reason, exit) => {
  const { url } = await serve({ open: (socket) => socket.close(code, reason), message: () => {} });
  const outcome = await complete(["connect", url], { input: null });
  expect(outcome.code).toBe(exit);
  expect(outcome.stderr).toBe(
    exit === 0 ? "" : `Closed by the peer: ${code}${reason === "" ? "" : " broken \\u{1b}[2J"}\n`,
  );
});

test.each<[string, Uint8Array, boolean, RegExp]>([
  ["the server goes without Close", text("a"), true, /^The connection was lost without a closing handshake/],
  [
    "the server breaks a rule",
    frame({ opcode: 3 }),
    false,
    /^The connection failed: .*RFC 6455 section 5\.2/,
  ],
  ["the server masks", text("a", { mask: Uint8Array.of(1, 2, 3, 4) }), false, /RFC 6455 section 5\.1/],
  ["the close code is none", close(1005), false, /RFC 6455 section 7\.4/],
])("exits with 3 when %s", async (_, octets, breaksOff, message) => {
  const { code, stderr } = await complete(["connect", await startRaw(octets, breaksOff)], { input: null });
  expect(stderr).toMatch(message);
  expect(code).toBe(3);
});

test.each([
  [
    401,
    "Token \u001b[2J\nmore",
    /^127\.0\.0\.1:\d+ answered 401 Unauthorized: Token \\u\{1b\}\[2J\n--header "Auth/,
  ],
  [403, "no", /^127\.0\.0\.1:\d+ answered 403 Forbidden: no\nSome servers .*--origin/],
  [404, "", /^127\.0\.0\.1:\d+ answered 404 Not Found: .*\nIs there a WebSocket/],
  [503, "later", /^127\.0\.0\.1:\d+ answered 503 Service Unavailable: later\n$/],
])("tells people of the answer %i", async (status, body, message) => {
  const options = body === "" ? {} : { body };
  const { url } = await serve({ message: () => {} }, { accept: () => refuse(status, options) });
  const { code, stderr } = await complete(["connect", url]);
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
});

test.each([
  [["ws://127.0.0.1:1"], 1, "Nothing listens at 127.0.0.1:1: the connection was refused."],
  [["ws://nothing.invalid"], 1, "nothing.invalid"],
  [["connect"], 2, 'Unexpected argument "connect"'],
  [[], 2, 'A URL such as "ws://127.0.0.1:9001/" is missing.'],
  [["ftp://a"], 2, "begins with ws:// or wss://"],
  [["--colour"], 2, "Unknown option --colour."],
  [["--header"], 2, "--header needs a value."],
  [["--header", "nothing"], 2, '--header takes "Name: value".'],
  [["--header", "Upgrade: x"], 2, "Upgrade"],
  [["--header", "a: \u0001"], 2, "a"],
  [["--subprotocol", "a b"], 2, "Subprotocols must be tokens"],
  [["--json=1"], 2, "--json takes no value."],
  [["--timeout", "soon"], 2, '--timeout takes a number from 1 to 2147483647, not "soon".'],
  [["--timeout", "1", "--timeout", "2"], 2, "--timeout can be given once only."],
  [["--count", "0"], 2, "--count takes a number from 1"],
  [["--max-message-size", "lots"], 2, "--max-message-size takes octets"],
  [["--binary", "--raw"], 2, "Use either --binary or --raw."],
  [["--binary", "--whole"], 2, "--whole sends text"],
  [["--raw", "--json"], 2, "Use either --raw or --json."],
  [["--wait", "--linger", "1"], 2, "Use either --linger or --wait."],
  [["--ca", "no/such/file"], 2, "Cannot read no/such/file"],
  [["--", "x"], 2, "Nothing may follow --."],
])("connect %j ends with %i and says why", async (args, code, message) => {
  const target = args.some((arg) => arg.includes("://")) || args.length === 0 ? [] : ["ws://127.0.0.1:1"];
  const outcome = await complete(["connect", ...target, ...args]);
  expect(outcome.stderr).toContain(message);
  expect(outcome).toMatchObject({ code, stdout: "" });
});

test("a line of input that is no octets is a mistake, and ends the session", async () => {
  const { url } = await serve();
  const outcome = await complete(["connect", url, "--binary"], { input: "00\nhello\n" });
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain("Line 2 of the input is not octets in hexadecimal");
});

test("says when standard input cannot be read", async () => {
  const { url } = await serve();
  const stdin = new Readable({ read: () => void stdin.destroy(new Error("EISDIR")) });
  const stderr = new Collector();
  const code = await run(["connect", url], { stdin, stdout: new Collector(), stderr });
  expect(stderr.text).toBe("Standard input cannot be read: EISDIR. See --help.\n");
  expect(code).toBe(2);
});

test("gives up when the server does not answer", async () => {
  const silent = createServer(() => {});
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => void silent.close());
  const port = portOf(silent);
  const { code, stderr } = await complete(["connect", `127.0.0.1:${port}`, "--timeout", "100"]);
  expect(stderr).toMatch(/did not answer in time: .*--timeout gives it longer/s);
  expect(code).toBe(1);
});
