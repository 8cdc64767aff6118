import { describe, expect, test } from "vitest";
import { fencesOf, firstMissing } from "./fences.ts";

describe("fencesOf", () => {
  test("finds TypeScript, its lines and what it prints", () => {
    const text = [
      "# Title",
      "```ts",
      "console.log(1); // → 1",
      "",
      "console.log(",
      "  2,",
      "); // → two words ",
      "```",
      "```sh",
      "npm install // → not this",
      "```",
      "- item",
      "  ```ts no-run [with a tab]",
      "  serve();",
      "  ```",
      "```",
      "plain",
      "```",
    ].join("\n");
    expect(fencesOf(text)).toEqual([
      {
        line: 3,
        code: "console.log(1); // → 1\n\nconsole.log(\n  2,\n); // → two words ",
        runs: true,
        prints: ["1", "two words"],
      },
      { line: 14, code: "serve();", runs: false, prints: [] },
    ]);
  });

  test.each([
    ["a fence without end", "```ts\nx();", "the fence in line 1 is never closed"],
    ["a word that it does not know", "text\n```ts norun\nx();\n```", 'line 2: unknown word "norun" after ts'],
  ])("refuses %s", (_, text, message) => {
    expect(() => fencesOf(text)).toThrow(message);
  });
});

test.each([
  ["all in order", ["a", "b"], "a\nb\n", null],
  ["others between", ["a", "b"], "x\na\ny\nb\nz\n", null],
  ["nothing expected", [], "anything", null],
  ["the wrong order", ["a", "b"], "b\na\n", "b"],
  ["the same twice, printed once", ["a", "a"], "a\n", "a"],
  ["a part of a line only", ["a"], "ab\n", "a"],
  ["nothing printed", ["a"], "", "a"],
])("firstMissing: %s", (_, prints, stdout, missing) => {
  expect(firstMissing(prints, stdout)).toBe(missing);
});
