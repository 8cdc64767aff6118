import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { HELP, parseCommand } from "../src/options.ts";
import { serve } from "./support/chat.ts";
import { Peer } from "./support/peer.ts";
import { BUILT, folder, start } from "./support/program.ts";

vi.setConfig({ testTimeout: 60_000 });

describe("options", () => {
  test("have defaults", () => {
    expect(parseCommand([])).toEqual({
      kind: "run",
      options: {
        host: "127.0.0.1",
        port: 9002,
        data: "plyws-chat",
        redis: null,
        authSecret: null,
        origins: [],
        trustProxy: false,
        maxFileSize: 10 * 2 ** 20,
        maxFiles: 4 * 2 ** 30,
        maxRooms: 1000,
        rate: 20,
        addressRate: 200,
        addressConnections: 100,
        logLevel: "info",
      },
    });
  });

  test("come from the command line before they come from the environment", () => {
    const env = {
      PLYWS_CHAT_PORT: "1",
      PLYWS_CHAT_REDIS: "redis://a",
      PLYWS_CHAT_ORIGIN: "http://a https://b",
      PLYWS_CHAT_TRUST_PROXY: "1",
    };
    expect(parseCommand(["--port", "2"], env)).toMatchObject({
      options: { port: 2, redis: "redis://a", origins: ["http://a", "https://b"], trustProxy: true },
    });
  });

  test.each([
    [["--port", "http"], '--port takes a number from 0 to 65535, not "http".'],
    [["--port", "65536"], '--port takes a number from 0 to 65535, not "65536".'],
    [["--port"], "--port needs a value."],
    [["--redis", "http://a"], '--redis takes a URL such as redis://127.0.0.1:6379, not "http://a".'],
    [["--auth-secret", "short"], "--auth-secret takes 32 characters or more."],
    [["--origin", "https://a/"], '--origin takes a scheme, a host and maybe a port, not "https://a/".'],
    [["--max-file-size", "1TB"], /^--max-file-size takes octets from 1 to 512MiB/],
    [["--max-files", "1TB"], /^--max-files takes octets/],
    [["--log-level", "loud"], /^--log-level takes one of/],
    [["--trust-proxy=yes"], "--trust-proxy takes no value."],
    [["--secure"], "Unknown option --secure."],
    [["now"], 'Unexpected argument "now".'],
  ])("%j is a mistake", (args, message) => {
    expect(parseCommand(args)).toEqual({
      kind: "mistake",
      message: expect.stringMatching(message),
    });
  });
});

describe("the program", () => {
  test("--help goes to standard output, mistakes to standard error", async () => {
    expect(await start(["--help"]).ended).toEqual({ code: 0, stdout: HELP, stderr: "" });
    expect(await start(["--nonsense"]).ended).toEqual({
      code: 2,
      stdout: "",
      stderr: "Unknown option --nonsense. See --help.\n",
    });
  });

  test("says in one line why it cannot start", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const taken = await start(["--port", `${port}`, "--data", folder()]).ended;
    expect(taken).toMatchObject({ code: 1, stdout: "" });
    expect(taken.stderr).toContain(`Port ${port} on 127.0.0.1 is already in use.`);

    const data = folder();
    await start(["--port", "0", "--data", data]).url("page");
    const second = await start(["--port", "0", "--data", data]).ended;
    expect(second).toMatchObject({
      code: 1,
      stderr: `Another server is using the folder ${data}. Choose another with --data.\n`,
    });
    const file = join(folder(), "file");
    writeFileSync(file, "");
    expect(await start(["--port", "0", "--data", file]).ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The folder \S+ cannot be used: .+\n$/),
    });
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "tells clients to reconnect at %s, and keeps all",
    async (signal) => {
      const data = folder();
      const program = start(["--port", "0", "--data", data]);
      const peer = await Peer.named(await program.url("socket"), "Ann");
      await peer.join("lobby");
      await peer.send("lobby", "kept");
      program.signal(signal);
      expect(await peer.next("notice")).toMatchObject({ code: "restarting", retryAfter: expect.any(Number) });
      expect(await peer.socket.closed).toMatchObject({ code: 1012, clean: true });
      const { code, stdout, stderr } = await program.ended;
      expect(code).toBe(0);
      expect(stdout).toMatch(/Told all clients to reconnect, and closed\.\n$/);
      const lines = stderr
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines.map(({ msg }) => msg)).toEqual(["started", "ending"]);
      const late = await Peer.named(await start(["--port", "0", "--data", data]).url("socket"), "Ben");
      expect((await late.join("lobby")).messages.map(({ text }) => text)).toEqual(["kept"]);
    },
  );

  test("runs as it is built", async () => {
    if (!existsSync(BUILT[0] ?? "")) throw new Error("@plyws/chat-server is not built: npm run build");
    const program = start(["--port", "0", "--data", folder()], {}, BUILT);
    const peer = await Peer.named(await program.url("socket"), "Ann");
    await peer.join("lobby");
    await peer.send("lobby", "built");
    expect(await (await fetch(await program.url("page"))).text()).toContain("<title>plyws chat</title>");
    program.signal("SIGTERM");
    expect(await program.ended).toMatchObject({ code: 0 });
  });
});

test("operators are told how it is", async () => {
  const server = await serve();
  const { page, socket } = server;
  expect(await (await fetch(`${page}healthz`)).text()).toBe("ok\n");
  expect((await fetch(`${page}readyz`)).status).toBe(200);
  const peer = await Peer.named(socket, "Ann");
  await peer.join("lobby");
  await peer.send("lobby", "x");
  await peer.ask("error", "nonsense");
  const metrics = await (await fetch(`${page}metrics`)).text();
  expect(metrics).toMatch(/^plyws_chat_connections 1$/m);
  expect(metrics).toMatch(/^plyws_chat_rooms 1$/m);
  expect(metrics).toMatch(/^plyws_chat_slow_disconnected 0$/m);
  expect(metrics).toMatch(/^plyws_chat_requests_total\{type="send"\} 1$/m);
  expect(metrics).toMatch(/^plyws_chat_errors_total\{code="invalid"\} 1$/m);
  expect(metrics).toMatch(/^plyws_chat_store_seconds_count 1$/m);
  expect(metrics).toMatch(/^process_resident_memory_bytes \d+/m);
  peer.socket.close();
});
