import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findProgram, findPythonWith, tool } from "../src/node/index.ts";

let root: string;

/** A directory with programs in it: name and shell script. */
function directory(name: string, programs: Record<string, string>): string {
  const path = join(root, name);
  mkdirSync(path);
  for (const [program, script] of Object.entries(programs)) {
    writeFileSync(join(path, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, program), 0o755);
  }
  return path;
}

function setPath(...directories: string[]): void {
  vi.stubEnv("PATH", directories.join(delimiter));
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "plyws-testkit-"));
  vi.stubEnv("PLYWS_REQUIRE_ALL", "");
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

describe.skipIf(process.platform === "win32")("programs", () => {
  test("findProgram takes the first name that PATH has", () => {
    const a = directory("a", { second: "" });
    const b = directory("b", { first: "", second: "" });
    setPath(join(root, "nowhere"), "", a, b);
    expect(findProgram(["none", "first", "second"])).toBe(join(b, "first"));
    expect(findProgram(["second"])).toBe(join(a, "second"));
    expect(findProgram(["none"])).toBeNull();
  });

  test("findProgram passes over directories and files that cannot be run", () => {
    const a = directory("a", {});
    mkdirSync(join(a, "program"));
    const b = directory("b", { program: "" });
    chmodSync(join(b, "program"), 0o644);
    setPath(a, b);
    expect(findProgram(["program"])).toBeNull();
  });

  test("findPythonWith asks every Python of PATH for the module", () => {
    const without = directory("without", { python3: "exit 1" });
    const having = directory("having", { python3: '[ "$3" = "websockets" ]' });
    setPath(without, having);
    expect(findPythonWith("websockets")).toBe(join(having, "python3"));
    expect(findPythonWith("something.else")).toBeNull();
  });
});

describe("tool", () => {
  test("has the path of what it found, by names or by a search", () => {
    const found = tool("Node", () => process.execPath);
    expect(found).toMatchObject({ name: "Node", skip: false, path: process.execPath });
  });

  test("is skipped with a printed reason when it is missing", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    setPath(root);
    expect(tool("Chromium", ["chromium"]).skip).toBe(true);
    expect(warn.mock.calls).toEqual([["skipped: no Chromium on this machine"]]);
  });

  test("is not skipped but fails when all tools are demanded", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    setPath(root);
    vi.stubEnv("PLYWS_REQUIRE_ALL", "1");
    const missing = tool("Chromium", ["chromium"]);
    expect(missing.skip).toBe(false);
    expect(() => missing.path).toThrow("no Chromium on this machine");
    expect(warn).not.toHaveBeenCalled();
  });
});
