import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

const IMPORT = "import importlib, sys; importlib.import_module(sys.argv[1])";
const IMPORT_TIMEOUT_MS = 30_000;

/** Every program of this name, in the order of PATH. */
function* programs(name: string): Generator<string> {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    if (directory === "") continue;
    const path = join(directory, name);
    if (isProgram(path)) yield path;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The path of the first of these programs that PATH has, by order of the names; null when it has none. */
export function findProgram(names: readonly string[]): string | null {
  for (const name of names) {
    for (const path of programs(name)) return path;
  }
  return null;
}

/**
 * The first Python of PATH that can import a module; null when none can. The first Python of a machine is often not
 * the one that has the module.
 */
export function findPythonWith(module: string): string | null {
  for (const path of programs("python3")) {
    const { status } = spawnSync(path, ["-c", IMPORT, module], {
      stdio: "ignore",
      timeout: IMPORT_TIMEOUT_MS,
    });
    if (status === 0) return path;
  }
  return null;
}
