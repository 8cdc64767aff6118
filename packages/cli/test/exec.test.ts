import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "@plyws/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Running, start } from "./support/here.ts";
import { startProcess } from "./support/process.ts";

const isWindows = process.platform === "win32";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "plyws-exec-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function startExec(
  program: readonly string[],
  ...args: readonly string[]
): Promise<Running & { url: string }> {
  const running = start(["listen", "--port", "0", "--exec", ...args, "--", ...program], {
    env: { PATH: process.env["PATH"] },
  });
  const [, url = ""] = await running.stdout.until(/Listening on (ws:\S+\/)/);
  return { ...running, url };
}

/** A program in the language of Node. */
const node = (code: string, ...args: readonly string[]): string[] => [process.execPath, "-e", code, ...args];

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // What has ended may wait there for somebody to ask how.
    const stat = existsSync("/proc/self/stat") ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
};

describe.skipIf(isWindows)("a program for every connection", () => {
  test("gets lines and gives lines, and ends with its connection", async () => {
    const { url, stdout } = await startExec(["cat"]);
    const [one, two] = await Promise.all([connect(url), connect(url)]);
    one.send("hello\nworld");
    two.send("two");
    one.send(Buffer.from("octets"));
    expect(await one.receive()).toBe("hello");
    expect(await one.receive()).toBe("world");
    expect(await one.receive()).toBe("octets");
    expect(await two.receive()).toBe("two");
    one.close();
    await one.closed;
    two.close();
    await stdout.until(/#1 Closed by the peer: 1000/);
    expect(stdout.text).not.toContain("the program");
  });

  test("gets octets and gives octets", async () => {
    const { url } = await startExec(["cat"], "--binary");
    const socket = await connect(url);
    const sent = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => index * 7));
    socket.send(sent);
    const got: Uint8Array[] = [];
    let size = 0;
    for await (const data of socket) {
      if (typeof data === "string") throw new TypeError("a text");
      got.push(data);
      size += data.length;
      if (size >= sent.length) break;
    }
    expect(Buffer.compare(Buffer.concat(got), sent)).toBe(0);
    socket.terminate();
  });

  test("finds in its environment who connects", async () => {
    const { url } = await startExec(
      node("console.log(JSON.stringify(process.env))"),
      "-s",
      "chat",
      "-o",
      "any",
    );
    const options = {
      subprotocols: ["chat"],
      origin: "http://a",
      headers: { "x-a": "$(id)", proxy: "evil" },
    };
    const socket = await connect(`${url}p%20q?r=s`, options);
    expect(JSON.parse(String(await socket.receive()))).toMatchObject({
      REMOTE_ADDR: "127.0.0.1",
      REMOTE_PORT: expect.stringMatching(/^\d+$/),
      PATH_INFO: "/p q",
      QUERY_STRING: "r=s",
      HTTP_X_A: "$(id)",
      ORIGIN: "http://a",
      SUBPROTOCOL: "chat",
      PATH: process.env["PATH"],
    });
    expect((await socket.closed).code).toBe(1000);
  });

  test.each([
    ["ends well", "process.stdout.write('last words')", 1000, "the program ended with 0", ["last words"]],
    ["fails", "console.log('oh'); process.exit(3)", 1011, "the program ended with 3", ["oh"]],
    ["is killed", "process.kill(process.pid, 'SIGKILL')", 1011, "the program was ended by SIGKILL", []],
  ])("that %s closes its connection", async (_, code, closeCode, reason, messages) => {
    const { url, stdout } = await startExec(node(code));
    const socket = await connect(url);
    const received: unknown[] = [];
    for await (const data of socket) received.push(data);
    expect(received).toEqual(messages);
    expect(await socket.closed).toMatchObject({ code: closeCode, reason, clean: true });
    await stdout.until(/#1 Closed/);
    if (closeCode === 1011) await stdout.until(new RegExp(`#1 ${reason}`));
  });

  test("that does not exist is no end of the server", async () => {
    const { url, stdout } = await startExec(["/nowhere/no-such-program"]);
    for (let count = 1; count <= 2; count++) {
      const socket = await connect(url);
      expect(await socket.closed).toMatchObject({ code: 1011, reason: "the program cannot be started" });
      await stdout.until(new RegExp(`#${count} cannot start: .*ENOENT`));
    }
  });

  test("is run by no shell", async () => {
    const { url } = await startExec(["echo", "$HOME; id | cat"]);
    expect(await (await connect(url)).receive()).toBe("$HOME; id | cat");
  });

  test("has time to end by itself, and gets SIGTERM if it does not", { timeout: 20_000 }, async () => {
    const file = join(folder(), "said");
    const code = `
      const { appendFileSync } = require("node:fs");
      const say = (text) => appendFileSync(process.argv[1], text);
      process.stdin.on("end", () => say("end ")).resume();
      process.on("SIGTERM", () => { say("term"); process.exit(); });
      setInterval(() => {}, 1000);
      console.log(process.pid);`;
    const { url } = await startExec(node(code, file));
    const socket = await connect(url);
    const pid = Number(await socket.receive());
    socket.close();
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    expect(readFileSync(file, "utf8")).toBe("end term");
  });

  test("that ignores everything is killed, with all that it has started", { timeout: 20_000 }, async () => {
    const code = `
      process.on("SIGTERM", () => {}).on("SIGHUP", () => {});
      setInterval(() => {}, 1000);
      if (process.argv[1] === "child") console.log(process.pid);
      else {
        const { spawn } = require("node:child_process");
        spawn(process.execPath, ["-e", process.argv[1], "child"], { stdio: "inherit" });
        console.log(process.pid);
      }`.replaceAll('process.argv[1] === "child"', 'process.argv.at(-1) === "child"');
    const { url } = await startExec(node(code, code));
    const socket = await connect(url);
    const pids = [Number(await socket.receive()), Number(await socket.receive())];
    expect(pids.map(isAlive)).toEqual([true, true]);
    socket.terminate();
    await expect.poll(() => pids.map(isAlive), { timeout: 10_000 }).toEqual([false, false]);
  });

  test("leaves nothing behind when it ends before what it has started", { timeout: 20_000 }, async () => {
    const code = `
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
      console.log(child.pid);
      child.unref();`;
    const { url } = await startExec(node(code));
    const socket = await connect(url);
    const pid = Number(await socket.receive());
    expect((await socket.closed).code).toBe(1000);
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  test("that never reads holds its peer back", { timeout: 20_000 }, async () => {
    const { url } = await startExec(["sleep", "60"]);
    const socket = await connect(url, { maxBufferedAmount: 64 * 2 ** 20, overflow: "drop" });
    const piece = Buffer.alloc(500_000);
    let sent = 0;
    while (socket.bufferedAmount < 20_000_000) {
      socket.send(piece);
      sent += piece.length;
      await delay(1);
      // Whoever takes all that does not hold the peer back.
      expect(sent).toBeLessThan(100_000_000);
    }
    socket.terminate();
  });

  test("that floods is held back by a slow peer", { timeout: 30_000 }, async () => {
    const file = join(folder(), "count");
    const code = `
      const { writeFileSync } = require("node:fs");
      const line = "x".repeat(99_999) + "\\n";
      let count = 0;
      process.stdout.on("error", () => process.exit());
      (function flood() {
        do writeFileSync(process.argv[1], String(++count)); while (process.stdout.write(line));
        process.stdout.once("drain", flood);
      })();`;
    const { url } = await startExec(node(code, file));
    // Nobody reads its messages.
    const socket = await connect(url);
    await expect.poll(() => existsSync(file)).toBe(true);
    let before = -1;
    await expect
      .poll(
        async () => {
          const now = Number(readFileSync(file, "utf8"));
          const isStill = now === before && now > 0;
          before = now;
          await delay(300);
          return isStill;
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    // What the buffers of both sockets hold, and no more: 100 MB would have been written by now.
    expect(before).toBeLessThan(1000);
    expect((await socket.receive())?.length).toBe(99_999);
    socket.terminate();
  });

  test("that closes its input gets nothing more, and goes on", async () => {
    const { url } = await startExec(["sh", "-c", "exec <&-; sleep 0.3; echo done"]);
    const socket = await connect(url);
    for (let count = 0; count < 100; count++) socket.send("x".repeat(10_000));
    expect(await socket.receive()).toBe("done");
    expect((await socket.closed).code).toBe(1000);
  });

  test("ends when the server does, even at once", { timeout: 30_000 }, async () => {
    const file = join(folder(), "pid");
    const code = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);
      require("node:fs").writeFileSync(process.argv[1], String(process.pid)); console.log("ready");`;
    writeFileSync(file, "");
    const server = startProcess(["listen", "-p", "0", "--exec", "--", ...node(code, file)]);
    const [, url = ""] = await server.until(/Listening on (ws:\S+\/)/);
    const socket = await connect(url);
    expect(await socket.receive()).toBe("ready");
    const pid = Number(readFileSync(file, "utf8"));
    server.child.kill("SIGINT");
    expect((await socket.closed).code).toBe(1001);
    const again = setInterval(() => server.child.kill("SIGINT"), 400);
    expect(await server.ended).toBe(130);
    clearInterval(again);
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});
