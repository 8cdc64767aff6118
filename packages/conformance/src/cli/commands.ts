import { spawn } from "node:child_process";
import { once } from "node:events";
import { allCases } from "../cases/index.ts";
import { type Selection, selectCases } from "../cases/select.ts";
import { judgeClients } from "../client/host.ts";
import { printable } from "../report/summary.ts";
import { run } from "../server/run.ts";
import { finish } from "./finish.ts";
import type { ClientCommand, ServerCommand } from "./options.ts";
import { ProgressBar, paintFor } from "./terminal.ts";

/** Whether all is as it should be. */
export async function judgeServer(command: ServerCommand, signal: AbortSignal): Promise<boolean> {
  const bar = new ProgressBar(process.stderr);
  const report = await run({
    ...command,
    signal,
    onResult: (result, { done, total }) => bar.show(result, done, total),
  });
  bar.clear();
  return finish([report], command);
}

/** Whether all is as it should be, with the clients that came until the end. */
export async function judgeClient(command: ClientCommand, signal: AbortSignal): Promise<boolean> {
  const bar = new ProgressBar(process.stderr);
  const first = new EventTarget();
  const host = await judgeClients({
    ...command,
    onResult: (result, { done, total }) => bar.show(result, done, total),
    onReport: ({ agent }) => {
      bar.clear();
      process.stderr.write(`${printable(agent)} has reported.\n`);
      if (!command.keep) first.dispatchEvent(new Event("reported"));
    },
  });
  process.stderr.write(`Clients connect to ${host.url}, browsers to ${host.url.replace("ws", "http")}/\n`);
  try {
    if (command.program.length > 0) await start(command.program, host.url, signal);
    else await Promise.race([once(first, "reported"), once(signal, "abort")]);
  } finally {
    bar.clear();
    await host.close();
  }
  if (host.reports.length > 0) return finish(host.reports, command);
  process.stderr.write("No client has run a case.\n");
  return false;
}

/** Runs the client to its end, however that comes. @throws Error when it cannot be started */
function start([program = "", ...args]: readonly string[], url: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PLYWS_CONFORMANCE_URL: url };
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], env });
    signal.addEventListener("abort", () => child.kill());
    child.on("error", (error) => reject(new Error(`cannot start ${program}: ${error.message}`)));
    child.on("close", () => resolve());
  });
}

/** Prints the cases, one line each. */
export function list(selection: Selection): void {
  const paint = paintFor(process.stdout);
  for (const { id, rule, title, judges } of selectCases(allCases, selection)) {
    const who = judges === undefined ? "" : ` (${judges}s)`;
    process.stdout.write(`${paint("bold", id.padEnd(24))} ${title}${who} ${paint("dim", rule)}\n`);
  }
}
