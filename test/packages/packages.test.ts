import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rules } from "../arrows/arrows.ts";
import { oldestNode } from "../oldest.ts";
import { type Manifest, published, readManifest } from "../published.ts";
import { root } from "../root.ts";
import { run } from "../run.ts";

/** The programs that packages bring. */
const programs: Readonly<Record<string, readonly string[]>> = {
  "@plyws/cli": ["plyws"],
  "@plyws/conformance": ["plyws-conformance"],
};

const names = published.map(({ name }) => name);

/** What users write to import a package, one for each of its entries: "@plyws/frame", "@plyws/frame/entry". */
const entriesOf = (manifest: Manifest): string[] =>
  Object.keys(manifest.exports ?? {})
    .filter((entry) => entry !== "./package.json")
    .map((entry) => `${manifest.name}${entry.slice(1)}`);
const entries = published.flatMap(({ manifest }) => entriesOf(manifest));

/** Whether the entry, "/redis" for example, is the folder that may use Node. */
const isNodeEntry = (nodeFolder: string | undefined, entry: string): boolean => nodeFolder === `src${entry}/`;

/** The entries that run, and compile, without Node. */
const pureEntries = published.flatMap(({ name, manifest }) =>
  rules[name]?.pure === true
    ? entriesOf(manifest).filter((entry) => !isNodeEntry(rules[name]?.nodeFolder, entry.slice(name.length)))
    : [],
);

// What users get: the built packages, packed, then installed together in a folder of their own.
const folder = mkdtempSync(join(tmpdir(), "plyws-packages-"));
const consumer = join(folder, "consumer");
const installed = (name: string): string => join(consumer, "node_modules", name);
const tarballs = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".tgz"));

async function must(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, output } = await run(command, args, { cwd, timeout: 120_000 });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output}`);
  return stdout;
}

beforeAll(async () => {
  for (const { folder: source, name } of published) {
    if (!existsSync(join(source, "dist/index.js"))) throw new Error(`${name} is not built: npm run build`);
  }
  mkdirSync(consumer);
  const filters = names.map((name) => `--filter=${name}`);
  await must("pnpm", [...filters, "pack", "--pack-destination", folder], root);
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--cache", join(folder, "cache")];
  const files = tarballs().map((name) => join(folder, name));
  await must("npm", ["install", "--offline", ...quiet, ...files], consumer);
  for (const { folder: source, name } of published) {
    for (const peer of rules[name]?.peers ?? []) {
      // As installed by users who want what needs it.
      symlinkSync(join(source, "node_modules", peer), installed(peer));
    }
  }
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(names)("the packed %s", (name) => {
  test("holds its build, its README and its licence, and nothing else", () => {
    const files = readdirSync(installed(name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed(name).length + 1));
    const built = /^dist\/[\w./-]+\.(?:js|js\.map|d\.ts)$/;
    expect(files.filter((file) => !built.test(file)).toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "package.json",
    ]);
    expect(files).toContain("dist/index.js");
    expect(files).toContain("dist/index.d.ts");
  });

  test("says what it is in package.json", () => {
    const manifest = readManifest(installed(name));
    expect(manifest).toMatchObject({
      name,
      license: "MIT",
      type: "module",
      sideEffects: false,
      engines: { node: ">=20.19" },
      description: expect.stringMatching(/^[A-Z].*[^.]$/),
    });
    const paths = entriesOf(manifest).map((entry) => entry.slice(name.length));
    expect(manifest.exports).toEqual({
      ...Object.fromEntries(
        paths.map((path) => [
          `.${path}`,
          { types: `./dist${path}/index.d.ts`, default: `./dist${path}/index.js` },
        ]),
      ),
      "./package.json": "./package.json",
    });
    expect(paths).toContain("");
    expect(Object.keys(manifest.bin ?? {})).toEqual(programs[name] ?? []);
    expect(Object.keys(manifest.dependencies ?? {}).filter((key) => !names.includes(key))).toEqual([]);
    expect(Object.keys(manifest.peerDependencies ?? {})).toEqual(rules[name]?.peers ?? []);
    for (const field of ["main", "module", "types", "optionalDependencies"]) {
      expect(manifest).not.toHaveProperty(field);
    }
  });

  test("tells nothing about the machine that built it", () => {
    const dist = join(installed(name), "dist");
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.\w+$/.test(file),
    );
    const texts = files.map((file) => readFileSync(join(dist, file), "utf8"));
    expect(texts.filter((text) => text.includes(root) || text.includes("file://"))).toEqual([]);
    const maps = texts.filter((_, index) => files[index]?.endsWith(".map")).map((text) => JSON.parse(text));
    expect(maps).not.toEqual([]);
    for (const source of maps.flatMap(({ sources }) => sources)) expect(source).toMatch(/^\.\.\//);
  });

  test("satisfies publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed(name), pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("has types for every way to import it", { timeout: 60_000 }, async () => {
    const attw = join(root, "test/node_modules/.bin/attw");
    const tarball =
      tarballs().find((file) => file.startsWith(`${name.slice(1).replace("/", "-")}-`)) ?? "none";
    const { code, output } = await run(attw, ["--profile", "esm-only", join(folder, tarball)], {
      cwd: folder,
      timeout: 50_000,
    });
    expect(code, output).toBe(0);
  });
});

describe("the packages together", () => {
  const listExports = `
    for (const name of ${JSON.stringify(entries)}) {
      console.log(name, Object.keys(await import(name)).sort().join(" "));
    }`;

  const importAll = (node: string): Promise<string> =>
    must(node, ["--input-type=module", "-e", listExports], consumer);

  test("are imported by this Node", { timeout: 60_000 }, async () => {
    const lines = (await importAll(process.execPath)).trim().split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual(entries);
  });

  test.skipIf(oldestNode.skip)("are imported by the oldest Node", { timeout: 60_000 }, async () => {
    expect(await must(oldestNode.path, ["--version"], consumer)).toBe("v20.19.0\n");
    expect(await importAll(oldestNode.path)).toBe(await importAll(process.execPath));
  });

  test.each(Object.values(programs).flat())("bring the program %s", { timeout: 60_000 }, async (program) => {
    const installedProgram = join(consumer, "node_modules/.bin", program);
    expect(await must(installedProgram, ["--help"], consumer)).toContain(`  ${program} `);
    if (oldestNode.skip) return;
    expect(await must(oldestNode.path, [installedProgram, "--help"], consumer)).toContain(`  ${program} `);
  });

  test.each([
    ["pure packages need no types of Node or of a browser", pureEntries, []],
    ["all packages check with the types of Node", entries, ["node"]],
  ])("%s", { timeout: 60_000 }, async (_, imported, types) => {
    writeFileSync(
      join(consumer, "index.ts"),
      imported.map((name, index) => `export * as p${index} from "${name}";\n`).join(""),
    );
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      target: "es2022",
      lib: ["es2023"],
      module: "nodenext",
      typeRoots: [join(root, "node_modules/@types")],
      types,
    };
    writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
    const tsc = join(root, "node_modules/.bin/tsc");
    const { code, output } = await run(tsc, ["-p", consumer], { cwd: consumer, timeout: 50_000 });
    expect(code, output).toBe(0);
  });
});
