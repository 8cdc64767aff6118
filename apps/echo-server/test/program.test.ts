import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { connect } from "@plyws/node";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { HELP } from "../src/options.ts";
import { BUILT, serve, start, TLS } from "./program.ts";

vi.setConfig({ testTimeout: 60_000 });

describe("options", () => {
  test("--help goes to standard output", async () => {
    expect(await start(["--help"]).ended).toEqual({ code: 0, stdout: HELP, stderr: "" });
  });

  test.each([
    [["--port", "http"], '--port takes a number from 0 to 65535, not "http". See --help.\n'],
    [["--secure"], "Unknown option --secure. See --help.\n"],
  ])("%j is refused in one line", async (args, stderr) => {
    expect(await start(args).ended).toEqual({ code: 2, stdout: "", stderr });
  });
});

describe("what keeps the server from starting is said in one line", () => {
  test("a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    expect(await start(["--port", `${port}`]).ended).toEqual({
      code: 1,
      stdout: "",
      stderr: `Port ${port} on 127.0.0.1 is already in use. Stop the other program or choose another port: npm run echo -- --port ${port + 1}\n`,
    });
  });

  test.each([
    ["no-such.pem", TLS.key, "The TLS certificate no-such.pem cannot be read: there is no such file\n"],
    [TLS.cert, ".", "The TLS key . cannot be read: it is a folder\n"],
    [TLS.key, TLS.key, /^The TLS certificate \S+key\.pem and the key \S+key\.pem cannot be used: .+\n$/],
    [TLS.cert, TLS.cert, /^The TLS certificate \S+cert\.pem and the key \S+cert\.pem cannot be used: .+\n$/],
  ])("the TLS files %s and %s", async (cert, key, message) => {
    const { code, stderr } = await serve("--tls-cert", cert, "--tls-key", key).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe("the end", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("%s closes connections with 1001 first", async (signal) => {
    const program = serve();
    const socket = await connect(await program.url("socket"), {}, { message() {} });
    // The same signal may come twice for one Ctrl-C.
    program.signal(signal);
    program.signal(signal);
    expect(await socket.closed).toMatchObject({ code: 1001, clean: true, initiator: "remote" });
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/Closed all connections\.\n$/);
  });

  test("a peer that does not answer is cut off within three seconds", async () => {
    const program = serve();
    const socket = await connect(await program.url("socket"));
    socket.pause();
    const from = performance.now();
    program.signal("SIGTERM");
    expect((await program.ended).code).toBe(0);
    // Three seconds, and much time for a slow machine.
    expect(performance.now() - from).toBeLessThan(15_000);
    socket.terminate();
  });

  test("a second signal ends at once", async () => {
    const program = serve();
    const socket = await connect(await program.url("socket"));
    socket.pause();
    program.signal("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    program.signal("SIGINT");
    expect((await program.ended).code).toBe(130);
    socket.terminate();
  });
});

describe("the lines about connections", () => {
  test("tell who came and how it ended, with what peers say made harmless", async () => {
    const program = serve();
    const socket = await connect(await program.url("socket"), { subprotocols: ["echo.v1"] });
    socket.close(3000, "bye\u001b[2J\n");
    await socket.closed;
    await program.printed(/closed/);
    expect(program.stdout.split("\n").slice(4)).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d \+ #1 opened from 127\.0\.0\.1 with subprotocol echo\.v1$/),
      expect.stringMatching(/^\S+ - #1 closed with code 3000 "bye\\u\{1b\}\[2J\\u\{a\}" after \d+\.\d s$/),
      "",
    ]);
  });

  test("are left out by --quiet", async () => {
    const program = serve("--quiet");
    const socket = await connect(await program.url("socket"));
    socket.close();
    await socket.closed;
    program.signal("SIGTERM");
    const { stdout } = await program.ended;
    expect(stdout).toMatch(
      /^plyws echo server\n {2}page .+\n {2}socket .+\nCtrl-C ends it\.\nClosed all connections\.\n$/,
    );
  });
});

test("the built program runs as it is", async () => {
  if (!existsSync(BUILT[0] ?? "")) throw new Error("@plyws/echo-server is not built: npm run build");
  const program = start(["--port", "0"], BUILT);
  const socket = await connect(await program.url("socket"));
  socket.send("built");
  expect(await socket.receive()).toBe("built");
  socket.close();
  await socket.closed;
  const page = await fetch(await program.url("page"));
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("<title");
  program.signal("SIGTERM");
  expect(await program.ended).toMatchObject({ code: 0, stderr: "" });
});
