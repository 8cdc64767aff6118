import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "@plyws/testkit/node";
import { onTestFinished } from "vitest";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** How to run the program: from the sources, so that only its page has to be built, or as it is built. */
export const SOURCES = [
  "--conditions=@plyws/source",
  "--disable-warning=ExperimentalWarning",
  path("../../src/main.ts"),
];
export const BUILT = [path("../../dist/main.js")];

/** Starts the chat as a process of its own; it is ended with the test, whatever happens. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, entry = SOURCES): Program {
  const program = new Program(process.execPath, [...entry, ...args], env);
  onTestFinished(() => program.kill());
  return program;
}

/** A folder that is removed with the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "plyws-chat-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true, maxRetries: 3 }));
  return made;
}
