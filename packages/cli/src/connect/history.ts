import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** How many lines are kept. */
export const HISTORY_SIZE = 1000;

/** Where it is kept: the state folder of the XDG base directory specification. */
export function historyFile(env: NodeJS.ProcessEnv): string {
  const state = env["XDG_STATE_HOME"];
  // The specification: "All paths must be absolute. If an implementation encounters a relative path … ignore it".
  const folder = state?.startsWith("/") === true ? state : join(env["HOME"] ?? homedir(), ".local/state");
  return join(folder, "plyws/history");
}

/** What was typed in sessions, in a file that only its owner can read. A file that cannot be used is left alone. */
export class History {
  /** As `node:readline` takes it: the latest first. */
  readonly latestFirst: string[];
  readonly #file: string | null;

  /** @param file null keeps nothing */
  constructor(file: string | null) {
    this.#file = file;
    this.latestFirst = file === null ? [] : load(file);
  }

  /** Keeps a line, unless it begins with a space: that is how a secret is kept out, as in shells. */
  add(line: string): void {
    if (this.#file === null || line.trim() === "" || line.startsWith(" ")) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      appendFileSync(this.#file, `${line}\n`, { mode: 0o600 });
    } catch {
      // A session is worth more than its history.
    }
  }
}

function load(file: string): string[] {
  try {
    const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
    const kept = lines.slice(-HISTORY_SIZE);
    chmodSync(file, 0o600);
    if (lines.length >= 2 * HISTORY_SIZE) {
      const next = `${file}.${process.pid}`;
      writeFileSync(next, kept.map((line) => `${line}\n`).join(""), { mode: 0o600 });
      renameSync(next, file);
    }
    return kept.toReversed();
  } catch {
    return [];
  }
}
