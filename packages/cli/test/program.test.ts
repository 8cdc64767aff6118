import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { complete, serve } from "./support/here.ts";
import { Process, plyws, startProcess } from "./support/process.ts";

const commands = ["connect", "listen", "inspect", "bench"];
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

describe("plyws", () => {
  test.each([[[]], [["--help"]], [["-h"]], [["help"]]])("%j explains the commands", async (args) => {
    const { code, stdout, stderr } = await complete(args);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}plyws ${command} `, "m"));
    expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test.each(commands)("%s explains itself, in lines that fit", async (command) => {
    const { code, stdout } = await complete([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: plyws ${command}`);
    expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
    expect((await complete(["help", command])).stdout).toBe(stdout);
  });

  test.each([
    [["frobnicate"], 'Unknown command "frobnicate": it is connect, listen, inspect, bench. See --help.\n'],
    [["\u001b[2J"], 'Unknown command "\\u{1b}[2J"'],
  ])("%j is a mistake", async (args, message) => {
    const { code, stdout, stderr } = await complete(args);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("a program behind -- has its own --help", async () => {
    const { code, stderr } = await complete(["connect", "--", "--help"]);
    expect(stderr).toContain("Nothing may follow --.");
    expect(code).toBe(2);
  });

  test("README and help name the same options", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    for (const command of commands) {
      const { stdout } = await complete([command, "--help"]);
      const options = new Set(stdout.match(/--[a-z][a-z-]+/g));
      expect(
        [...options].filter((option) => !readme.includes(option)),
        command,
      ).toEqual([]);
    }
  });
});

const options = { timeout: 30_000 };

describe("as a process", () => {
  test("tells its version", options, async () => {
    const run = startProcess(["--version"]);
    expect(await run.ended).toBe(0);
    expect(run.stdout).toBe(`${manifest.version}\n`);
  });

  test("works in a pipe, and gives exit codes", options, async () => {
    const { url } = await serve();
    const run = startProcess(["connect", url, "--count", "2"]);
    run.end("one\ntwo\n");
    expect(await run.ended).toBe(0);
    expect(run.stdout).toBe("one\ntwo\n");
    expect(run.stderr).toBe("");
    const refused = startProcess(["connect", "ws://127.0.0.1:1"]);
    expect(await refused.ended).toBe(1);
    expect(refused.stderr).toBe("Nothing listens at 127.0.0.1:1: the connection was refused.\n");
  });

  test("does not wait for input when the server has closed", options, async () => {
    const { url } = await serve({ open: (socket) => socket.close(), message: () => {} });
    expect(await startProcess(["connect", url]).ended).toBe(0);
  });

  test("closes with 1000 by SIGINT", options, async () => {
    const closes: number[] = [];
    const { url } = await serve({
      open: (socket) => socket.send("hi"),
      message: () => {},
      close: (_, { code }) => void closes.push(code),
    });
    const run = startProcess(["connect", url]);
    await run.until(/hi/);
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(0);
    expect(closes).toEqual([1000]);
  });

  test.skipIf(process.platform === "win32")("ends quietly when nobody reads any more", options, async () => {
    const closes: number[] = [];
    const { url } = await serve({
      open: (socket) => {
        const timer = setInterval(() => socket.send("tick"), 20);
        void socket.closed.then(() => clearInterval(timer));
      },
      message: () => {},
      close: (_, { code }) => void closes.push(code),
    });
    const command = [...plyws, "connect", url].map((word) => `'${word}'`).join(" ");
    const run = new Process(["sh", "-c", `{ ${command}; echo "exit $?" >&2; } | head -n 2`]);
    expect(await run.ended).toBe(0);
    expect(run.stdout).toBe("tick\ntick\n");
    expect(run.stderr).toBe("exit 0\n");
    expect(closes).toEqual([1000]);
  });

  test("holds the server back when its output is not read", options, async () => {
    const message = "x".repeat(100_000);
    const { connections, url } = await serve(
      {
        open: async (socket) => {
          while ((await socket.sendAsync(message)) !== "closed") taken++;
        },
        message: () => {},
      },
      { pingInterval: 0 },
    );
    let taken = 0;
    const run = startProcess(["connect", url]);
    run.child.stdout?.pause();
    let before = 0;
    await expect
      .poll(
        async () => {
          before = taken;
          await delay(500);
          return taken > 0 && taken === before;
        },
        { timeout: 15_000 },
      )
      .toBe(true);
    // What the buffers of both processes and of the system hold between them: not all that is there to be sent.
    expect(taken).toBeLessThan(300);
    run.child.stdout?.resume();
    await expect.poll(() => taken, { timeout: 10_000 }).toBeGreaterThan(before + 100);
    for (const socket of connections) socket.terminate();
    expect(await run.ended).toBe(3);
  });
});
