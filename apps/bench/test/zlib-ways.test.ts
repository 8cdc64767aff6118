import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { makeJson } from "../src/json.js";
import { ALONE, IN_CONTEXT } from "../src/zlib-ways.ts";

const message = Buffer.from(makeJson(1000, 1));
const finishFlush = constants.Z_SYNC_FLUSH;

describe.each([...ALONE, ...IN_CONTEXT])("$name", (way) => {
  test("deflates so that zlib understands it", async () => {
    const output = await way.deflate(3)(message);
    const dictionary = Buffer.alloc(32_768, " ");
    expect(inflateRawSync(output, { dictionary, finishFlush })).toEqual(message);
  });

  test("inflates what zlib deflated", async () => {
    const payload = deflateRawSync(message, { finishFlush }).subarray(0, -4);
    expect(Buffer.from(await way.inflate()(payload))).toEqual(message);
  });
});

test.each([
  ["node", "deflate", 50, 350],
  ["portable", "inflate", 12, 120],
] as const)("a context of %s to %s takes some KiB", { timeout: 60_000 }, (engine, direction, least, most) => {
  const program = fileURLToPath(new URL("../src/context-memory.ts", import.meta.url));
  const args = ["--expose-gc", "--conditions=@plyws/source", program, engine, direction, "15"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 50_000 });
  expect(stderr).toBe("");
  expect(Number(stdout)).toBeGreaterThan(least);
  expect(Number(stdout)).toBeLessThan(most);
});
