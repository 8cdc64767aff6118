import { findProgram } from "./programs.ts";

/** A program that a test runs, and that a machine may not have. */
export interface Tool {
  readonly name: string;
  /** For `test.skipIf` and `describe.skipIf`: the machine does not have it, and it is not demanded. */
  readonly skip: boolean;
  /** Where it is. @throws Error when the machine does not have it: only a test that should be skipped gets there. */
  readonly path: string;
}

/**
 * Looks for a program, by its names on PATH or by a search of its own. Where it is missing, its tests are skipped and
 * a line says so; with `PLYWS_REQUIRE_ALL=1` in the environment they run, and fail.
 *
 * @example
 * ```ts
 * const chromium = tool("Chromium", ["chromium", "google-chrome"]);
 * const python = tool("Python with websockets", () => findPythonWith("websockets"));
 * test.skipIf(chromium.skip)("opens in a browser", () => start(chromium.path));
 * ```
 */
export function tool(name: string, find: readonly string[] | (() => string | null)): Tool {
  const path = typeof find === "function" ? find() : findProgram(find);
  const missing = `no ${name} on this machine`;
  const skip = path === null && process.env["PLYWS_REQUIRE_ALL"] !== "1";
  if (skip) console.warn(`skipped: ${missing}`);
  return {
    name,
    skip,
    get path() {
      if (path === null) throw new Error(missing);
      return path;
    },
  };
}
