import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { whyTooOld } from "../scripts/pinned-node.mjs";
import { root } from "./root.ts";
import { run } from "./run.ts";

describe("the message about a Node that is too old", () => {
  const machine = { pinned: false, version: "20.19.0", platform: "sunos", arch: "x64" };

  test.each([
    ["the pinned Node is there", { pinned: true }],
    ["the pinned Node is there, however old the other is", { pinned: true, version: "16.0.0" }],
    ["the version is just new enough", { version: "22.18.0" }],
    ["the minor version is newer", { version: "22.20.1" }],
    ["the major version is newer", { version: "24.0.0" }],
    ["it is a pre-release of a newer version", { version: "27.0.0-nightly20261101" }],
  ])("is not there when %s", (_, change) => {
    expect(whyTooOld({ ...machine, ...change })).toBeNull();
  });

  test.each(["16.20.2", "20.19.0", "22.17.9", "21.99.0"])("is there for %s alone", (version) => {
    expect(whyTooOld({ ...machine, version })).toBe(
      `Node ${version} is too old for the build tools, and the pinned Node cannot run on sunos x64.\n` +
        "Install Node 22.18 or later and run this again.",
    );
  });
});

describe("scripts/with-toolchain.mjs", () => {
  test.each([[[]], [["nonsense"]], [["constructor"]]])("answers the task %j with its usage", async (args) => {
    const script = join(root, "scripts/with-toolchain.mjs");
    const { code, output } = await run(process.execPath, [script, ...args], {
      cwd: tmpdir(),
      timeout: 20_000,
    });
    expect(output).toMatch(/^Usage: node scripts\/with-toolchain\.mjs <start\|/);
    expect(code).toBe(2);
  });
});
