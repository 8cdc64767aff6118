import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tool } from "@plyws/testkit/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { serve } from "./support/here.ts";
import { Process, plyws } from "./support/process.ts";

const python = tool("Python 3 on a system with pseudo terminals", ["python3"]);
const terminal = fileURLToPath(new URL("support/terminal.py", import.meta.url));

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "plyws-cli-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A session on a terminal of its own, with a folder for its history. */
function open(args: readonly string[], state = folder(), env: NodeJS.ProcessEnv = {}): Process {
  return new Process([python.path, terminal, ...plyws, ...args], {
    XDG_STATE_HOME: state,
    TERM: "xterm",
    ...env,
  });
}

/** A text at the end of all that was shown, with or without where the cursor goes behind it. */
function atCursor(text: string): RegExp {
  return new RegExp(`${text}(?:${ESCAPE}\\[\\d+G)?$`);
}

const ESCAPE = "\u001b";
const PROMPT = atCursor("> ");
const ENTER = "\r";
const UP = "\u001b[A";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const options = { timeout: 30_000 };

describe.skipIf(python.skip)("on a terminal", () => {
  test("connect sends what is typed, knows its commands, and closes by one of them", options, async () => {
    const received: unknown[] = [];
    const { url } = await serve({
      message: (socket, data) => {
        received.push(data);
        socket.send(data);
      },
    });
    const session = open(["connect", url]);
    await session.until(/Connected to ws:\/\/127\.0\.0\.1/);
    session.write(`hello${ENTER}`);
    await session.until(/< hello/);
    session.write(`//slash${ENTER}`);
    await session.until(/< \/slash/);
    session.write(`/binary 00 ff 41${ENTER}`);
    await session.until(/< binary, 3 octets\r\n {2}00000000 {2}00 ff 41 +\|\.\.A\|/);
    session.write(`/ping${ENTER}`);
    await session.until(/Pong after \d+\.\d\d ms/);
    session.write(`/quit${ENTER}`);
    await session.until(/There is no \/quit/);
    session.write("/he");
    await session.until(/\/he$/);
    // By itself: with what was pasted it would be a part of the text.
    session.write("\t");
    await session.until(/\/help$/);
    session.write(ENTER);
    await session.until(/\/close \[code\] \[reason\]/);
    session.write(`/close 4001 enough${ENTER}`);
    await session.until(/Closed: 4001 enough/);
    expect(await session.ended).toBe(0);
    expect(received).toEqual(["hello", "/slash", Uint8Array.of(0, 255, 0x41)]);
  });

  test(
    "the line that is typed stays when a message comes, and what the peer sends is made visible",
    options,
    async () => {
      const server = await serve({ message: () => {} });
      const session = open(["connect", server.url]);
      await session.until(PROMPT);
      session.write("half");
      await session.until(atCursor("half"));
      const from = session.stdout.length;
      for (const socket of server.connections) socket.send("\u001b]0;evil\u0007\u202e\r\u009b2J");
      await session.until(atCursor("half"));
      await session.until(/u\{9b\}2J/);
      await session.until(/u\{9b\}2J[^]*> half/);
      const shown = session.stdout.slice(from);
      expect(shown).toContain("< \\u{1b}]0;evil\\u{7}\\u{202e}\\r\\u{9b}2J");
      for (const raw of ["\u0007", "\u202e", "\u009b", "\u001b]"]) expect(shown).not.toContain(raw);
      for (const socket of server.connections) socket.close(1011, "b\u001b[2Jad");
      await session.until(/Closed by the peer: 1011 b\\u\{1b\}\[2Jad/);
      expect(await session.ended).toBe(3);
    },
  );

  test("what was typed is there again in the next session, for its owner only", options, async () => {
    const { url } = await serve();
    const state = folder();
    const file = join(state, "plyws/history");
    const first = open(["connect", url], state);
    await first.until(PROMPT);
    first.write(`first line${ENTER} with a secret${ENTER}second line${ENTER}`);
    await first.until(/< second line/);
    first.write(CTRL_D);
    expect(await first.ended).toBe(0);
    expect(readFileSync(file, "utf8")).toBe("first line\nsecond line\n");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);

    const second = open(["connect", url], state);
    await second.until(PROMPT);
    second.write(`${UP}${UP}${ENTER}`);
    await second.until(/< first line/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    second.write(CTRL_D);
    expect(await second.ended).toBe(0);
  });

  test("--no-history keeps nothing", options, async () => {
    const { url } = await serve();
    const state = folder();
    const session = open(["connect", url, "--no-history"], state);
    await session.until(PROMPT);
    session.write(`hello${ENTER}`);
    await session.until(/< hello/);
    session.write(CTRL_D);
    expect(await session.ended).toBe(0);
    expect(existsSync(join(state, "plyws"))).toBe(false);
  });

  test("a long history is cut, and a folder that cannot be used hurts nobody", options, async () => {
    const { url } = await serve();
    const state = folder();
    const session = open(["connect", url], state);
    await session.until(PROMPT);
    session.write(`x${ENTER}`);
    await session.until(/< x/);
    session.write(CTRL_D);
    expect(await session.ended).toBe(0);
    const file = join(state, "plyws/history");
    writeFileSync(file, Array.from({ length: 2500 }, (_, index) => `line ${index}\n`).join(""));
    const next = open(["connect", url], state);
    await next.until(PROMPT);
    next.write(`${UP}${ENTER}`);
    await next.until(/< line 2499/);
    next.write(CTRL_D);
    expect(await next.ended).toBe(0);
    const lines = readFileSync(file, "utf8").split("\n");
    expect([lines.length, lines[0]]).toEqual([1002, "line 1500"]);

    const broken = open(["connect", url], file);
    await broken.until(PROMPT);
    broken.write(`still here${ENTER}`);
    await broken.until(/< still here/);
  });

  test("Ctrl-C closes with 1000, and a second one ends at once", options, async () => {
    const closes: number[] = [];
    const { url } = await serve({ message: () => {}, close: (_, { code }) => void closes.push(code) });
    const polite = open(["connect", url]);
    await polite.until(PROMPT);
    polite.write(CTRL_C);
    await polite.until(/Closed: 1000/);
    expect(await polite.ended).toBe(0);
    expect(closes).toEqual([1000]);

    // One that reads nothing: the Close frame stays without an answer.
    const deaf = await serve({});
    const session = open(["connect", deaf.url]);
    await session.until(PROMPT);
    session.write(`x${ENTER}`);
    await session.until(/x\r+\n/);
    session.write(CTRL_C);
    const again = setInterval(() => session.write(CTRL_C), 500);
    expect(await session.ended).toBe(130);
    clearInterval(again);
  });

  test("inspect shows frames above the line that is typed", options, async () => {
    const { url } = await serve();
    const session = open(["inspect", url]);
    await session.until(PROMPT);
    session.write(`hello${ENTER}`);
    await session.until(/> text fin masked 5 "hello"/);
    await session.until(/< text fin 5 "hello"/);
    session.write(CTRL_D);
    await session.until(/> close fin masked 2 1000/);
    await session.until(/< close fin 2 1000/);
    expect(await session.ended).toBe(0);
  });
});
