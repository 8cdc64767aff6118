import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { published } from "../published.ts";
import { root } from "../root.ts";
import { run } from "../run.ts";
import { pages, readmes } from "./documents.ts";
import { fencesOf, firstMissing } from "./fences.ts";

// From a folder inside this package every package of the repository can be imported as a user does it.
mkdirSync(join(root, "test/.readme"), { recursive: true });
const folder = mkdtempSync(join(root, "test/.readme/run-"));

const examples = [...readmes, ...pages].flatMap((document) => {
  const name = relative(root, document);
  return fencesOf(readFileSync(document, "utf8")).map((fence) => ({
    ...fence,
    place: `${name}:${fence.line}`,
    file: join(folder, `${name.replaceAll(/[/\\]/g, "-")}-${fence.line}.ts`),
  }));
});

beforeAll(() => {
  for (const { file, line, code } of examples) {
    // Empty lines first, so that messages name the line of the document.
    writeFileSync(file, `${"\n".repeat(line - 1)}${code}\n`);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every example passes the compiler", { timeout: 60_000 }, async () => {
  const compilerOptions = { customConditions: [], types: ["node"], moduleDetection: "force" };
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await run(join(root, "node_modules/.bin/tsc"), ["-p", folder], {
    cwd: folder,
    timeout: 50_000,
  });
  expect(code, output).toBe(0);
});

const running = examples.filter(({ runs }) => runs);
test.concurrent.each(running)("$place prints what it says", { timeout: 30_000 }, async ({ file, prints }) => {
  const { code, stdout, output } = await run(process.execPath, [file], { cwd: folder, timeout: 20_000 });
  expect(code, `The example failed or did not end within 20 seconds:\n${output}`).toBe(0);
  expect(firstMissing(prints, stdout), `Not printed, or not in this order, in:\n${output}`).toBeNull();
});

describe.each(published)("the README of $name", ({ folder: source, name }) => {
  test("says how to install it and shows an example that prints", () => {
    const document = join(source, "README.md");
    expect(existsSync(document), `${name} has no README.md`).toBe(true);
    const text = readFileSync(document, "utf8");
    expect(text).toContain(`npm install ${name}\n`);
    expect(fencesOf(text).filter(({ runs, prints }) => runs && prints.length > 0)).not.toEqual([]);
  });
});
