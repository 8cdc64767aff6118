import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type Extension, formatExtensions, parseExtensions } from "../src/index.ts";

/** "a n=1 on" for an extension a with two parameters. */
function short(extensions: readonly Extension[] | null): string[] | null {
  if (extensions === null) return null;
  return extensions.map(({ name, params }) =>
    [name, ...params.map(([param, value]) => (value === true ? param : `${param}=${value}`))].join(" "),
  );
}

describe("parseExtensions", () => {
  it.each([
    ["a", ["a"]],
    ["a, b", ["a", "b"]],
    ["a,b", ["a", "b"]],
    [" \ta\t , b ", ["a", "b"]],
    [",a,,b, ,", ["a", "b"]],
    ["a; x", ["a x"]],
    ["a;x;y=1", ["a x y=1"]],
    ["a ; x = 1 ; y", ["a x=1 y"]],
    ['a; x="1"', ["a x=1"]],
    ['a; x="1\\2"', ["a x=12"]],
    ['a; x="\\1\\2" ; y', ["a x=12 y"]],
    ["a; x='1,2'", ["a x='1", "2'"]],
    ["a; x; x", ["a x x"]],
    ["a; x=1; x=2, a", ["a x=1 x=2", "a"]],
    ["permessage-deflate; client_max_window_bits", ["permessage-deflate client_max_window_bits"]],
    [
      "__proto__; constructor=toString, toString; __proto__",
      ["__proto__ constructor=toString", "toString __proto__"],
    ],
  ])("reads %j", (value, expected) => {
    expect(short(parseExtensions(value))).toEqual(expected);
  });

  it.each([
    "",
    " ",
    ",",
    " , ,",
    ";",
    "; x",
    "a;",
    "a;;x",
    "a; x;",
    "a; x=",
    "a; =1",
    "a; =",
    "a=1",
    "a b",
    "a; x y",
    "a; x=1 2",
    'a; x="',
    'a; x="1',
    'a; x=""',
    'a; x="1 2"',
    'a; x="1,2"',
    'a; x="1"2',
    'a; x="\\',
    'a; x="\\"',
    'a; x="\\""',
    '"a"',
    'a; "x"',
    "a/b",
    "a; x=1/2",
    "a\xa0",
    "\xe9",
    "a\0",
    "a; x=\r\n",
  ])("refuses %j", (value) => {
    expect(parseExtensions(value)).toBeNull();
  });

  it("reads several lines as one list", () => {
    expect(short(parseExtensions(["a; x", "", "b, c"]))).toEqual(["a x", "b", "c"]);
    expect(parseExtensions(['a; x="1', '2"'])).toBeNull();
    expect(parseExtensions([])).toBeNull();
  });

  // The grammar of RFC 6455 section 9.1 once more, for texts where the only tchar is an a.
  const space = "[ \\t]*";
  const param = `;${space}a+${space}(?:=${space}(?:a+|"(?:\\\\?a)+")${space})?`;
  const extension = `(?:a+${space}(?:${param})*)?`;
  const list = new RegExp(`^${space}${extension}(?:,${space}${extension})*$`);
  const parts = fc.constantFrom("a", "a;a", "=", ";", ",", '"', '"a"', "\\", " ", "\t", "\xff");

  test.prop([fc.array(parts, { maxLength: 15 })], { numRuns: 1000 })(
    "takes what the grammar takes, and the result can be written",
    (array) => {
      const text = array.join("");
      const extensions = parseExtensions(text);
      expect(extensions !== null).toBe(list.test(text) && text.includes("a"));
      expect(parseExtensions(formatExtensions(extensions ?? []))).toEqual(extensions);
    },
  );
});

describe("formatExtensions", () => {
  const token = fc.oneof(
    fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/),
    fc.constantFrom("__proto__", "constructor", "true"),
  );
  const params = fc.array(fc.tuple(token, fc.oneof(token, fc.constant(true as const))), { maxLength: 5 });

  test.prop([fc.array(fc.record({ name: token, params }), { minLength: 1, maxLength: 8 })])(
    "writes what parseExtensions reads",
    (extensions) => {
      expect(parseExtensions(formatExtensions(extensions))).toEqual(extensions);
    },
  );

  it("writes nothing for none", () => {
    expect(formatExtensions([])).toBe("");
  });

  it.each<[string, Extension]>([
    ["an empty name", { name: "", params: [] }],
    ["a name with a comma", { name: "a,b", params: [] }],
    ["an empty parameter", { name: "a", params: [["", true]] }],
    ["a parameter with a line end", { name: "a", params: [["x\r\n", true]] }],
    ["an empty value", { name: "a", params: [["x", ""]] }],
    ["a value with a quote", { name: "a", params: [["x", '"']] }],
    ["a value with U+010A", { name: "a", params: [["x", "\u010a"]] }],
  ])("throws for %s", (_name, extension) => {
    expect(() => formatExtensions([extension])).toThrow(TypeError);
  });
});
