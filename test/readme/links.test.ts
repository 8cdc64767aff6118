import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { root } from "../root.ts";
import { readmes } from "./documents.ts";
import { anchorsOf, localLinks } from "./links.ts";

const others = ["CONTRIBUTING.md", "SECURITY.md"].map((name) => join(root, name));
const documents = [...readmes, ...others].map((file) => [relative(root, file), file] as const);

/** Why a link leads nowhere; null when it does not. */
function fault(link: string, from: string): string | null {
  const [path = "", anchor] = link.split("#");
  let file = path === "" ? from : join(dirname(from), path);
  if (!existsSync(file)) return `${link}: there is no such file`;
  if (statSync(file).isDirectory()) file = join(file, "README.md");
  if (anchor === undefined) return null;
  return anchorsOf(readFileSync(file, "utf8")).has(anchor) ? null : `${link}: there is no such heading`;
}

test.each(documents)("%s links to files and headings that exist", (_, file) => {
  const links = localLinks(readFileSync(file, "utf8"));
  expect(links.map((link) => fault(link, file)).filter((found) => found !== null)).toEqual([]);
});

test("finds links, but not in code", () => {
  const text = "[a](b.md) ![c](d.png#e) [f](https://g/) [`h`](i/)\n```ts\nj[0](k)\n```\n[two\nlines](l)";
  expect(localLinks(text)).toEqual(["b.md", "d.png#e", "i/", "l"]);
});

test("names headings as sites do", () => {
  const text = "# `@plyws/node`: a *server*\n\n```sh\n# no heading\n```\n### What, and why?\n";
  expect([...anchorsOf(text)]).toEqual(["plywsnode-a-server", "what-and-why"]);
});
