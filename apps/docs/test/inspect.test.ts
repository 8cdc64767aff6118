import { describe, expect, test } from "vitest";
import { inspect, parseHex } from "../src/inspect.ts";

test.each([
  ["81 05", [0x81, 0x05]],
  ["0x81,0x05\n", [0x81, 0x05]],
  ["8105", [0x81, 0x05]],
  ["", []],
  ["8", null],
  ["hello", null],
])("parseHex %j", (text, expected) => {
  expect(parseHex(text)).toEqual(expected === null ? null : Uint8Array.from(expected));
});

/** What the pages show. */
const show = (text: string, role: "client" | "server") =>
  inspect(parseHex(text) ?? new Uint8Array(), role).map(({ fields, problem }) => [
    fields.find(([name]) => name === "opcode")?.[1] ?? "",
    fields.at(-1)?.[1] ?? "",
    problem,
  ]);

describe("inspect", () => {
  test.each([
    ["a text", "81 05 48 65 6c 6c 6f", "client", [["1: Text", '"Hello"', ""]]],
    ["a masked text", "81 85 37 fa 21 3d 7f 9f 4d 51 58", "server", [["1: Text", '"Hello"', ""]]],
    [
      "two frames",
      "89 00 88 05 03 e8 62 79 65",
      "client",
      [
        ["9: Ping", "0", ""],
        ["8: Close", '"bye"', ""],
      ],
    ],
    ["a text that an extension has changed", "c1 01 f2", "client", [["1: Text", "f2", ""]]],
    [
      "half a Close frame",
      "88 05 03",
      "client",
      [["8: Close", "03", "Not yet: 4 octets of the payload are missing."]],
    ],
    ["half a header", "82", "client", [["", "", "Not yet: the header is not complete."]]],
    [
      "half a payload",
      "82 02 01",
      "client",
      [["2: Binary", "01", "Not yet: 1 octets of the payload are missing."]],
    ],
  ] as const)("%s", (_, octets, role, expected) => {
    expect(show(octets, role)).toEqual(expected);
  });

  test.each([
    [
      "a mask from a server",
      "81 80 00 00 00 00",
      "client",
      /^mask-unexpected: RFC 6455 section 5\.1\..* 1002\.$/,
    ],
    ["no mask from a client", "81 00", "server", /^mask-missing: /],
    ["a reserved opcode", "83 00", "client", /^reserved-opcode: RFC 6455 section 5\.2\./],
    ["a length that is not minimal", "82 7e 00 05", "client", /^length-not-minimal: /],
    ["a code that is never sent", "88 02 03 ee", "client", /^close-code: /],
  ] as const)("%s", (_, octets, role, problem) => {
    expect(inspect(parseHex(octets) ?? new Uint8Array(), role).at(-1)?.problem).toMatch(problem);
  });

  test("says nothing about what follows a fault", () => {
    expect(show("83 00 81 00", "client")).toHaveLength(1);
  });
});
