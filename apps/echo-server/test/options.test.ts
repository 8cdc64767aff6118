import { describe, expect, test } from "vitest";
import { HELP, parseCommand } from "../src/options.ts";

const DEFAULTS = {
  host: "127.0.0.1",
  port: 9001,
  tls: null,
  maxMessageSize: null,
  compress: false,
  quiet: false,
};

test.each([
  [[], {}],
  [["--host", "::1"], { host: "::1" }],
  [["--host=localhost", "--port=0"], { host: "localhost", port: 0 }],
  [["--port", "65535"], { port: 65_535 }],
  [["--port", "9001", "--port", "9002"], { port: 9002 }],
  [["--compress"], { compress: true }],
  [["--quiet"], { quiet: true }],
  [["-q"], { quiet: true }],
  [["--tls-cert", "c.pem", "--tls-key", "k.pem"], { tls: { cert: "c.pem", key: "k.pem" } }],
  [["--max-message-size", "1"], { maxMessageSize: 1 }],
  [["--max-message-size", "65536"], { maxMessageSize: 65_536 }],
  [["--max-message-size", "512B"], { maxMessageSize: 512 }],
  [["--max-message-size", "64KiB"], { maxMessageSize: 65_536 }],
  [["--max-message-size", "64 kib"], { maxMessageSize: 65_536 }],
  [["--max-message-size=1MiB"], { maxMessageSize: 1_048_576 }],
  [["--max-message-size", "256MiB"], { maxMessageSize: 268_435_456 }],
])("%j is understood", (args, changed) => {
  expect(parseCommand(args)).toEqual({ kind: "run", options: { ...DEFAULTS, ...changed } });
});

test.each([
  [["--colour"], "Unknown option --colour."],
  [["-x"], "Unknown option -x."],
  [["--toString"], "Unknown option --toString."],
  [["--__proto__=1"], "Unknown option --__proto__."],
  [["--no-quiet"], "Unknown option --no-quiet."],
  [["9001"], 'Unexpected argument "9001".'],
  [["--", "--port"], 'Unexpected argument "--port".'],
  [["--port"], "--port needs a value."],
  [["--host="], "--host needs a value."],
  [["--tls-cert", ""], "--tls-cert needs a value."],
  [["--quiet=yes"], "--quiet takes no value."],
  [["--help=all"], "--help takes no value."],
  [["--port", "65536"], '--port takes a number from 0 to 65535, not "65536".'],
  [["--port", "-1"], '--port takes a number from 0 to 65535, not "-1".'],
  [["--port", "80.5"], '--port takes a number from 0 to 65535, not "80.5".'],
  [["--port", "1e3"], '--port takes a number from 0 to 65535, not "1e3".'],
  [["--port", "--quiet"], '--port takes a number from 0 to 65535, not "--quiet".'],
  [["--tls-cert", "c.pem"], "--tls-cert and --tls-key belong together: --tls-key is missing."],
  [["--tls-key", "k.pem"], "--tls-cert and --tls-key belong together: --tls-cert is missing."],
  ...[
    "0",
    "-1",
    "1.5MiB",
    "12 apples",
    "1TiB",
    "MiB",
    "257MiB",
    "1GiB",
    "9".repeat(400),
    "0x10",
    "KiB64",
  ].map((size): [string[], string] => [
    ["--max-message-size", size],
    `--max-message-size takes octets from 1 to 256MiB, such as 65536, 64KiB or 1MiB, not "${size}".`,
  ]),
])("%j is a mistake", (args, message) => {
  expect(parseCommand(args)).toEqual({ kind: "mistake", message });
});

describe("--help", () => {
  test.each([[["--help"]], [["-h"]], [["--port", "9001", "--help"]]])("%j asks for help", (args) => {
    expect(parseCommand(args)).toEqual({ kind: "help" });
  });

  test("names every option", () => {
    for (const name of [
      "host",
      "port",
      "tls-cert",
      "tls-key",
      "max-message-size",
      "compress",
      "quiet",
      "help",
    ]) {
      expect(HELP).toContain(`--${name}`);
    }
  });
});
