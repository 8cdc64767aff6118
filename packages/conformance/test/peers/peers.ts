import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { findProgram, findPythonWith } from "@plyws/testkit/node";
import type { Role } from "../../src/index.ts";

/** A peer that the kit judges, in a process of its own. */
export interface Peer {
  /** The name of the file with its results, too. */
  readonly id: string;
  readonly role: Role;
  /** With the version, as it is on this machine. */
  readonly name: () => string;
  /** The program and its arguments; null where the machine lacks it. */
  readonly command: () => readonly [string, ...string[]] | null;
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const node = process.execPath;
/** Whether this Node runs the sources of the repository; an older one has the builds. */
export const runsSources = Boolean(process.features.typescript);
const conditions = runsSources ? ["--conditions=@plyws/source"] : [];
const chromium = (): string | null => findProgram(["chromium", "chromium-browser", "google-chrome"]);

function versionOf(program: string | null, ...args: readonly string[]): string {
  if (program === null) return "?";
  const { stdout } = spawnSync(program, [...args], { encoding: "utf8", timeout: 30_000 });
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? "?";
}

const require = createRequire(import.meta.url);
const manifest = (path: string): string => JSON.parse(readFileSync(path, "utf8")).version;
const wsName = (): string => `ws ${manifest(require.resolve("ws/package.json"))}`;
const plywsName = (): string => "plyws";
const bunName = (): string => `Bun ${versionOf(findProgram(["bun"]), "--version")}`;
const denoName = (): string => `Deno ${versionOf(findProgram(["deno"]), "--version")}`;
const pythonName = (): string => {
  const print = "import websockets; print(websockets.__version__)";
  return `websockets ${versionOf(findPythonWith("websockets"), "-c", print)} (Python)`;
};

const withProgram = (
  program: string | null,
  ...args: readonly string[]
): readonly [string, ...string[]] | null => (program === null ? null : [program, ...args]);

export const PEERS: readonly Peer[] = [
  {
    id: "plyws-server",
    role: "server",
    name: plywsName,
    command: () => [node, ...conditions, file("plyws-server.mjs")],
  },
  { id: "ws-server", role: "server", name: wsName, command: () => [node, file("ws-server.mjs")] },
  {
    id: "ws-server-deflate",
    role: "server",
    name: () => `${wsName()}, perMessageDeflate`,
    command: () => [node, file("ws-server.mjs"), "deflate"],
  },
  {
    id: "python-server",
    role: "server",
    name: pythonName,
    command: () => withProgram(findPythonWith("websockets"), file("python_server.py")),
  },
  {
    id: "bun-server",
    role: "server",
    name: bunName,
    command: () => withProgram(findProgram(["bun"]), file("bun-server.mjs")),
  },
  {
    id: "deno-server",
    role: "server",
    name: denoName,
    command: () =>
      withProgram(findProgram(["deno"]), "run", "--allow-net", "--no-config", file("deno-server.mjs")),
  },
  {
    id: "plyws-client",
    role: "client",
    name: plywsName,
    command: () => [node, ...conditions, file("plyws-client.mjs"), plywsName()],
  },
  { id: "ws-client", role: "client", name: wsName, command: () => [node, file("ws-client.mjs"), wsName()] },
  {
    id: "node-client",
    role: "client",
    name: () => `WebSocket of Node ${process.versions.node}`,
    command: () => [node, file("whatwg-client.mjs"), `WebSocket of Node ${process.versions.node}`],
  },
  {
    id: "python-client",
    role: "client",
    name: pythonName,
    command: () =>
      withProgram(findPythonWith("websockets"), file("python_client.py"), encodeURIComponent(pythonName())),
  },
  {
    id: "bun-client",
    role: "client",
    name: bunName,
    command: () => withProgram(findProgram(["bun"]), file("whatwg-client.mjs"), bunName()),
  },
  {
    id: "deno-client",
    role: "client",
    name: denoName,
    command: () =>
      withProgram(
        findProgram(["deno"]),
        "run",
        "--allow-net",
        "--allow-env",
        "--no-config",
        file("whatwg-client.mjs"),
        denoName(),
      ),
  },
  {
    id: "chromium-client",
    role: "client",
    name: () => `Chromium ${versionOf(chromium(), "--version")}`,
    command: () => (chromium() === null ? null : [node, file("browser-client.mjs"), chromium() ?? ""]),
  },
];
