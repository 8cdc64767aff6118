import { fileURLToPath } from "node:url";
import { Program } from "@plyws/testkit/node";
import { onTestFinished } from "vitest";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A certificate and its key for localhost. */
export const TLS = { cert: path("tls/cert.pem"), key: path("tls/key.pem") };

/** How to run the program: from the sources, so that nothing has to be built, or as it is built. */
export const SOURCES = [
  "--conditions=@plyws/source",
  "--disable-warning=ExperimentalWarning",
  path("../src/main.ts"),
];
export const BUILT = [path("../dist/main.js")];

/** Starts the program; it is ended with the test, whatever happens. */
export function start(args: readonly string[], entry = SOURCES): Program {
  const program = new Program(process.execPath, [...entry, ...args]);
  onTestFinished(() => program.kill());
  return program;
}

/** Starts the server on a free port of the loopback address. */
export function serve(...args: string[]): Program {
  return start(["--port", "0", ...args]);
}
