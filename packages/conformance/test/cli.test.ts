import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "@plyws/node";
import { expect, onTestFinished, test } from "vitest";
import { parseCommand } from "../src/cli/options.ts";
import { runsSources } from "./peers/peers.ts";

const program = fileURLToPath(new URL(runsSources ? "../src/cli.ts" : "../dist/cli.js", import.meta.url));
const client = fileURLToPath(new URL("peers/ws-client.mjs", import.meta.url));

/** Runs the program to its end. */
function start(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "plyws-conformance-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function startEcho(answer = (text: string | Uint8Array) => text): Promise<string> {
  const server = await listen(
    { host: "127.0.0.1" },
    { message: (socket, data) => void socket.send(answer(data)) },
  );
  onTestFinished(() => void server.close({ deadline: 0 }));
  return server.url;
}

test("judges a server, and writes its reports", { timeout: 30_000 }, async () => {
  const report = join(folder(), "deep/report");
  const { code, stdout } = await start(
    "server",
    await startEcho(),
    "--cases",
    "1,2",
    "--report",
    report,
    "--agent",
    "A",
  );
  expect(stdout).toMatch(/^A as a server, [\d.]+ s$/m);
  expect(stdout).toMatch(/1 +█+ Framing: 16 OK/);
  expect(stdout).toMatch(/total +27 OK/);
  expect(code).toBe(0);
  const index = JSON.parse(readFileSync(join(report, "index.json"), "utf8"));
  expect(Object.keys(index.A)).toHaveLength(27);
  expect(index.A["1.1.1"]).toEqual({
    behavior: "OK",
    behaviorClose: "OK",
    duration: expect.any(Number),
    remoteCloseCode: 1000,
    reportfile: "a_case_1_1_1.json",
  });
  expect(JSON.parse(readFileSync(join(report, "a_case_1_1_1.json"), "utf8"))).toMatchObject({
    id: "1.1.1",
    agent: "A",
  });
  expect(readFileSync(join(report, "junit.xml"), "utf8")).toContain(
    '<testsuite name="A" tests="27" failures="0"',
  );
  expect(readFileSync(join(report, "index.html"), "utf8")).toContain("</html>");
});

test("exits with 1 for failures, and with a baseline only for those that are new", {
  timeout: 30_000,
}, async () => {
  const url = await startEcho((data) => (data.length === 126 ? "wrong" : data));
  const file = join(folder(), "baseline.json");
  const args = ["server", url, "--cases", "1.1", "--no-report", "--agent", "B"];
  const first = await start(...args, "--write-baseline", file);
  expect(first.code).toBe(1);
  expect(first.stdout).toContain("FAILED 1.1.3 a text message of 126 octets");
  expect(first.stdout).toContain('Happened: text 5 octets: "wrong"');
  const second = await start(...args, "--baseline", file);
  expect(second.stdout).toContain("Nothing is worse than in the baseline.");
  expect(second.code).toBe(0);
  const baseline = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ B: { ...baseline.B, "1.1.3": "OK" } }));
  const third = await start(...args, "--baseline", file);
  expect(third.stdout).toContain("worse B 1.1.3: OK before, FAILED");
  expect(third.code).toBe(1);
});

test("judges a client that it starts itself", { timeout: 30_000 }, async () => {
  const report = join(folder(), "report");
  const { code, stdout, stderr } = await start(
    "client",
    "--port",
    "0",
    "--cases",
    "1.1,hs.client.accept.1",
    "--report",
    report,
    "--",
    process.execPath,
    client,
    "the client",
  );
  expect(stderr).toContain("Clients connect to ws://127.0.0.1:");
  expect(stdout).toMatch(/^the client as a client/m);
  expect(stdout).toMatch(/total +9 OK/);
  expect(existsSync(join(report, "index.html"))).toBe(true);
  expect(code).toBe(0);
});

test("lists the cases, and explains itself", async () => {
  expect((await start("list", "--cases", "7.13")).stdout).toMatch(/^7\.13\.1 .*5000.*\n7\.13\.2 .*65535/);
  expect((await start("--help")).stdout).toContain("plyws-conformance server <ws://host:port/path>");
});

test.each([
  [["server", "http://127.0.0.1:1"], 2, "ws:// or wss://"],
  [["server", "ws://127.0.0.1:1", "--cases", "6.99"], 2, 'no case fits "6.99"'],
  [["server", "ws://127.0.0.1:1"], 3, "cannot connect to 127.0.0.1:1"],
  [["frobnicate"], 2, 'Unknown command "frobnicate"'],
])("%j ends with %i and says why", { timeout: 30_000 }, async (args, code, message) => {
  const outcome = await start(...args);
  expect(outcome.stderr).toContain(message);
  expect(outcome.code).toBe(code);
});

test.each([
  [["server"], "server needs a URL"],
  [["server", "ws://a", "b"], 'Unexpected argument "b"'],
  [["server", "ws://a", "--timeout", "soon"], "--timeout takes milliseconds"],
  [["server", "ws://a", "--concurrency", "x"], "--concurrency takes a number"],
  [["server", "ws://a", "--header", "nothing"], '--header takes "Name: value"'],
  [["client", "--port", "65536"], "--port takes a number from 0 to 65535"],
  [["client", "a"], 'Unexpected argument "a"'],
  [["server", "ws://a", "--colour"], "Unknown option '--colour'"],
])("%j is a mistake", (args, message) => {
  const command = parseCommand(args);
  expect(command.kind === "mistake" && command.message).toContain(message);
});
