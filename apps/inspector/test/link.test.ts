import { hex } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { Context } from "../src/explain/explain.ts";
import { fromFragment, MAX_LINKED, toFragment } from "../src/link.ts";

const CLIENT: Context = { from: "client", compression: null };
const COMPRESSED: Context = { from: "server", compression: { noContextTakeover: true, windowBits: 9 } };

describe("a link", () => {
  test.each<[string, Context, number | null]>([
    ["octets=8105&from=client", CLIENT, null],
    ["octets=8105&from=client&frame=3", CLIENT, 2],
    ["octets=8105&from=server&deflate=9&takeover=no", COMPRESSED, null],
  ])("%s, and back", (fragment, context, frame) => {
    const view = { octets: hex("81 05"), context, frame };
    expect(toFragment(view)).toBe(fragment);
    expect(fromFragment(`#${fragment}`)).toEqual(view);
  });

  test.each([
    "",
    "#",
    "octets=",
    "octets=8",
    "octets=8g",
    "octets=81 05",
    "from=client",
    `octets=${"00".repeat(MAX_LINKED + 1)}`,
  ])("%.30j holds nothing", (fragment) => {
    expect(fromFragment(fragment)).toBeNull();
  });

  test.each([
    ["from=nobody", { from: "server", compression: null }, null],
    ["deflate=16", { from: "server", compression: null }, null],
    ["deflate=7&takeover=no", { from: "server", compression: null }, null],
    ["frame=0", { from: "server", compression: null }, null],
    ["frame=1e3", { from: "server", compression: null }, null],
    ["__proto__=1&frame=00", { from: "server", compression: null }, null],
  ])("passes over what it does not know: %s", (rest, context, frame) => {
    expect(fromFragment(`octets=8105&${rest}`)).toEqual({ octets: hex("81 05"), context, frame });
  });

  test("is not made for what is too long, nor for nothing", () => {
    const view = { context: CLIENT, frame: null };
    expect(toFragment({ ...view, octets: new Uint8Array(MAX_LINKED + 1) })).toBe("");
    expect(toFragment({ ...view, octets: new Uint8Array(0) })).toBe("");
    expect(toFragment({ ...view, octets: new Uint8Array(MAX_LINKED) })).not.toBe("");
  });
});
