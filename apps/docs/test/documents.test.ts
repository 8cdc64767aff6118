import { describe, expect, test } from "vitest";
import { lower, partOf, relink } from "../src/documents.ts";

const packages = [{ id: "frame" }, { id: "node" }];

describe("relink", () => {
  test.each([
    ["a package", "packages/node/README.md", "[f](../frame)", "[f](/packages/frame)"],
    ["a README", "README.md", "[f](packages/frame/README.md#api)", "[f](/packages/frame#api)"],
    ["a folder with a slash at its end", "README.md", "[f](packages/frame/)", "[f](/packages/frame)"],
    ["a document of the root", "README.md", "[s](SECURITY.md)", "[s](/guide/security)"],
    ["a place that the site has not", "README.md", "[m](apps/bench#method)", "[m](/reference/comparisons)"],
    [
      "code as its text",
      "README.md",
      "[`@plyws/frame`](packages/frame)",
      "[`@plyws/frame`](/packages/frame)",
    ],
    ["what has no page", "README.md", "see [the test](test/arrows/arrows.ts).", "see the test."],
    ["an address", "README.md", "[npm](https://www.npmjs.com/)", "[npm](https://www.npmjs.com/)"],
    ["a place on the same page", "README.md", "[below](#measured)", "[below](#measured)"],
    ["a picture", "README.md", "![The page](docs/page.png)", ""],
    ["two lines", "README.md", "[two\nlines](packages/node)", "[two\nlines](/packages/node)"],
    ["code", "README.md", "```ts\nrooms[0](packages)\n```", "```ts\nrooms[0](packages)\n```"],
  ])("%s", (_, document, markdown, expected) => {
    expect(relink(markdown, document, packages)).toBe(expected);
  });
});

test("relink publishes pictures where they are wanted", () => {
  const relinked = relink(
    "![CPU](cpu.svg)",
    "apps/bench/results/all.md",
    packages,
    (file) => `/charts/${file}`,
  );
  expect(relinked).toBe("![CPU](/charts/apps/bench/results/cpu.svg)");
});

describe("partOf", () => {
  const document = "# Title\n\n## One\n\nfirst\n\n### Deeper\n\nsecond\n\n## Two\n\nthird\n";
  test.each([
    ["One", "first\n\n### Deeper\n\nsecond"],
    ["Two", "third"],
    ["Three", null],
    ["Deeper", null],
  ])("%s", (heading, expected) => {
    expect(partOf(document, heading)).toBe(expected);
  });
});

test("lower leaves comments in code alone", () => {
  expect(lower("# A\n\n```sh\n# a comment\n```\n\n## B")).toBe("## A\n\n```sh\n# a comment\n```\n\n### B");
});
