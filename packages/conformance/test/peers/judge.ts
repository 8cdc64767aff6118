import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type CaseOptions, judgeClients, type Report, run } from "../../src/index.ts";
import type { Peer } from "./peers.ts";

const CLIENT_TIMEOUT_MS = 900_000;
const START_TIMEOUT_MS = 30_000;

/**
 * Starts a peer and judges it.
 *
 * @throws Error when the machine lacks it, or it does not start
 */
export async function judgePeer(peer: Peer, options: CaseOptions = {}): Promise<Report> {
  const command = peer.command();
  if (command === null) throw new Error(`no ${peer.id} on this machine`);
  return peer.role === "server" ? judgeServer(peer, command, options) : judgeClient(peer, command, options);
}

async function judgeServer(
  peer: Peer,
  [program, ...args]: readonly [string, ...string[]],
  options: CaseOptions,
) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
  try {
    const url = await firstLine(child);
    return await run({ ...options, url, agent: peer.name() });
  } finally {
    child.kill();
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no output");
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), "line", { signal });
  return String(line);
}

async function judgeClient(
  peer: Peer,
  [program, ...args]: readonly [string, ...string[]],
  options: CaseOptions,
) {
  const host = await judgeClients(options);
  const env = { ...process.env, PLYWS_CONFORMANCE_URL: host.url };
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env,
    timeout: CLIENT_TIMEOUT_MS,
  });
  try {
    await once(child, "close");
    const [report] = host.reports;
    if (report === undefined) throw new Error(`${peer.id} has run no case`);
    return { ...report, agent: peer.name() };
  } finally {
    await host.close();
  }
}
