import { expect, test } from "vitest";
import { createLog, printable } from "../src/log.ts";

function record(options: { quiet: boolean; colour: boolean }) {
  const written = { out: "", err: "" };
  const log = createLog({
    ...options,
    out: { write: (text) => (written.out += text) },
    err: { write: (text) => (written.err += text) },
  });
  log.say("said");
  log.note("+", "noted");
  log.problem("wrong");
  return written;
}

test("writes lines with the time, problems to the other stream", () => {
  const { out, err } = record({ quiet: false, colour: false });
  expect(out).toMatch(/^said\n\d\d:\d\d:\d\d \+ noted\n$/);
  expect(err).toBe("wrong\n");
});

test("leaves the lines about connections out when it is to be quiet", () => {
  expect(record({ quiet: true, colour: false }).out).toBe("said\n");
});

test("uses colours only when it is told to, and ends each", () => {
  const escape = "\u001b";
  const plain = record({ quiet: false, colour: false });
  expect(plain.out + plain.err).not.toContain(escape);
  const { out, err } = record({ quiet: false, colour: true });
  expect(out).toContain(`${escape}[32m+${escape}[0m`);
  expect(err).toBe(`${escape}[31mwrong${escape}[0m\n`);
});

test.each([
  ["bye for now", "bye for now"],
  ["再见 👋", "再见 👋"],
  ["a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"],
  ["\u001b[2J\u0007", "\\u{1b}[2J\\u{7}"],
  ["\u007f\u0080\u009b", "\\u{7f}\\u{80}\\u{9b}"],
  ["\u202egnp.exe", "\\u{202e}gnp.exe"],
  ["a\u2028b\u2029c\ufeff", "a\\u{2028}b\\u{2029}c\\u{feff}"],
  ["x".repeat(201), `${"x".repeat(200)}…`],
])("prints %j safely", (text, shown) => {
  expect(printable(text)).toBe(shown);
});
