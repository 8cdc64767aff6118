import { describe, expect, it } from "vitest";
import { selectSubprotocol } from "../src/index.ts";

describe("selectSubprotocol", () => {
  it.each([
    [["a", "b"], ["b", "a"], "b"],
    [["a", "b"], ["c", "a"], "a"],
    [["a"], ["b"], ""],
    [["a"], [], ""],
    [[], ["a"], ""],
    [["A"], ["a"], ""],
    [["__proto__"], ["toString", "__proto__"], "__proto__"],
  ])("of %j, with %j, selects %j", (offered, supported, selected) => {
    expect(selectSubprotocol(offered, supported)).toBe(selected);
  });

  it.each([
    ["the last", (offered: readonly string[]) => offered.at(-1), "b"],
    ["null", () => null, ""],
    ["undefined", () => undefined, ""],
    ["nothing", () => "", ""],
  ])("asks a function that gives %s", (_name, select, selected) => {
    expect(selectSubprotocol(["a", "b"], select)).toBe(selected);
  });

  it("throws when a function gives what was not offered", () => {
    expect(() => selectSubprotocol(["a"], () => "b")).toThrow(TypeError);
    expect(() => selectSubprotocol(["a"], () => "a\r\nX: y")).toThrow(TypeError);
  });
});
