import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { findContenders } from "../src/contenders.ts";
import { guard } from "../src/modes/guard.ts";
import { findPeers, hasPeers } from "../src/peers.ts";
import { newestNode } from "../src/runtimes.ts";

// Every mode once with tiny numbers: it runs to its end, nothing fails, and all figures are there. They mean nothing.

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "plyws-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args, "--out", folder]);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a mode, expects that all went well, and returns what it wrote. */
async function good(
  name: string,
  ...args: string[]
): Promise<{ data: Record<string, unknown>; stdout: string }> {
  const { code, stdout, stderr } = await bench(...args, "--runs", "1");
  expect({ code, stderr, failed: stdout.includes("could not be measured") ? stdout : "" }).toEqual({
    code: 0,
    stderr: "",
    failed: "",
  });
  const data = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  expect(data).toMatchObject({ cpu: expect.any(String), date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
  expect(figuresOf(data).filter((figure) => typeof figure !== "number")).toEqual([]);
  return { data, stdout };
}

/** All figures of all runs. */
function figuresOf(data: unknown): unknown[] {
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([name, value]: [string, unknown]) =>
    name === "runs" ? leaves(value) : figuresOf(value),
  );
}

function leaves(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

const SLOW = { timeout: 120_000 };

describe("each mode", () => {
  test("quick", SLOW, async () => {
    const { data, stdout } = await good("throughput", "quick", "--only", "1 KiB", "--seconds", "0.05");
    expect(figuresOf(data)).toHaveLength((2 * 3 + 2) * 4);
    expect(stdout).toMatch(/\| pipelined, 1 KiB .*\d/);
    expect(readdirSync(folder)).toContain("throughput-pipelined.svg");
  });

  test("throughput, on every Node that is here", SLOW, async () => {
    const { data } = await good(
      "throughput",
      "throughput",
      "--servers",
      "plyws,floor",
      "--only",
      "pipelined, 20 B",
      "--seconds",
      "0.05",
    );
    expect(JSON.stringify(data)).toContain("plyws@");
  });

  test.each(["ten messages in a tick", "closing handshake"])("throughput: %s", SLOW, async (only) => {
    const servers = `plyws@${newestNode.name},floor@${newestNode.name},ws@${newestNode.name}`;
    const args = ["--servers", servers, "--only", only, "--seconds", "0.05"];
    expect(figuresOf((await good("throughput", "throughput", ...args)).data)).toHaveLength(3 * 4);
  });

  test("memory", SLOW, async () => {
    const servers = `plyws@${newestNode.name}`;
    const { data } = await good(
      "memory",
      "memory",
      "--servers",
      servers,
      "--connections",
      "10",
      "--seconds",
      "0.01",
    );
    expect(figuresOf(data)).toHaveLength(5 * 4);
  });

  test("latency", SLOW, async () => {
    const servers = `plyws@${newestNode.name}`;
    const { data } = await good(
      "latency",
      "latency",
      "--servers",
      servers,
      "--connections",
      "20",
      "--seconds",
      "0.1",
    );
    expect(figuresOf(data)).toHaveLength(4 * 4);
  });

  test("scale", SLOW, async () => {
    const servers = `plyws@${newestNode.name}`;
    const { data } = await good(
      "scale",
      "scale",
      "--servers",
      servers,
      "--connections",
      "100",
      "--seconds",
      "0.02",
    );
    expect(figuresOf(data).length).toBeGreaterThan(10 * 6);
    expect(readFileSync(join(folder, "scale-size.svg"), "utf8")).toContain("plyws");
  });

  test("parts, on every Node that is here", SLOW, async () => {
    const { stdout } = await good("parts", "parts", "--seconds", "0.001");
    for (const name of [
      "frame: mask 20",
      "message: put",
      "handshake: read",
      "connection: receive",
      "deflate: compress",
    ]) {
      expect(stdout).toContain(name);
    }
  });

  test("guard, which fails below its margins", SLOW, async () => {
    const contenders = findContenders([newestNode], null);
    const pace = { repetitions: 1, durations: { warmUp: 10, measured: 20 } };
    const margins = { "ping-pong, 20 B text": 0.001, "pipelined, 20 B text": 1000 };
    const { failures, text } = await guard(contenders, pace, null, margins);
    expect(failures).toEqual([
      expect.stringMatching(/^pipelined, 20 B text: \d+\.\d\d times cheaper than ws, not 1000$/),
    ]);
    expect(text.split("\n")).toHaveLength(4);
  });
});

test("what makes no sense is said", async () => {
  expect(await bench("--runs", "none")).toEqual({
    code: 2,
    stdout: "",
    stderr: '--runs is a whole number above 0, not "none"\n',
  });
  expect(await bench("quick", "--servers", "ws@7")).toMatchObject({
    code: 2,
    stderr: 'There is no server "ws@7"\n',
  });
  expect((await bench("--help")).stdout).toContain("npm run bench");
});

const required = process.env["PLYWS_REQUIRE_ALL"] === "1";
if (!hasPeers() && !required)
  console.warn("skipped: other servers are installed by `npm run bench -- throughput` only");

test.skipIf(!hasPeers() && !required)("other servers", { timeout: 240_000 }, async () => {
  const peers = findPeers(() => {});
  const names = [
    "ws+bufferutil",
    "websocket",
    ...(peers?.bun ? ["bun"] : []),
    ...(peers?.deno ? ["deno"] : []),
  ];
  expect(peers).not.toBeNull();
  for (const only of ["pipelined, 1 KiB", "one message to 1000", "closing handshake", "1 KiB of JSON"]) {
    const args = ["--servers", names.join(), "--only", only, "--seconds", "0.05"];
    const { stdout } = await good("throughput", "throughput", ...args);
    for (const name of names) expect(stdout).toContain(name);
  }
});
