import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { rules } from "../arrows/arrows.ts";
import { published, readManifest } from "../published.ts";
import { root } from "../root.ts";
import { run } from "../run.ts";
import { entriesOf, findTarball, Places, shortName } from "./places.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { note } from "./report.ts";

const names = published.map(({ name }) => name);
const places = new Places(inject("packedIn"));
/** Where the repository is: the one place is the package.json of the root. */
const { repository } = readManifest(root);
const site = repository?.url.replace(/^git\+|\.git$/g, "");

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

describe.each(names)("the packed %s", (name) => {
  const folder = places.installed(name);

  test("holds its build, its README and its licence, and nothing else", () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    const built = /^dist\/[\w./-]+\.(?:js|js\.map|d\.ts)$/;
    expect(files.filter((file) => !built.test(file)).toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "package.json",
    ]);
    for (const path of entriesOf(readManifest(folder)).map((entry) => entry.slice(name.length))) {
      expect(files).toEqual(expect.arrayContaining([`dist${path}/index.js`, `dist${path}/index.d.ts`]));
    }
    expect(readFileSync(join(folder, "LICENSE"), "utf8")).toBe(readFileSync(join(root, "LICENSE"), "utf8"));
    expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(`# ${name}\n`);
    const octets = statSync(findTarball(places.tarballs, name)).size;
    note(places.notes, name, `${Math.ceil(octets / 1000)} kB packed`);
  });

  test("says what it is in package.json", () => {
    const manifest = readManifest(folder);
    expect(manifest).toMatchObject({
      name,
      license: "MIT",
      type: "module",
      sideEffects: false,
      engines: { node: ">=20.19" },
      description: expect.stringMatching(/^[A-Z].*[^.]$/),
      keywords: expect.arrayContaining(["websocket"]),
      publishConfig: { access: "public" },
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
    // A package without a main entry is there for its program.
    expect(paths.includes("") || manifest.bin !== undefined).toBe(true);
    expect(Object.keys(manifest.dependencies ?? {}).filter((key) => !names.includes(key))).toEqual([]);
    expect(Object.keys(manifest.peerDependencies ?? {})).toEqual(rules[name]?.peers ?? []);
    for (const field of ["main", "module", "types", "optionalDependencies"]) {
      expect(manifest).not.toHaveProperty(field);
    }
    // Nothing runs on the machine of who installs it.
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest.scripts ?? {}).not.toHaveProperty(script);
    }
  });

  test("says where it comes from", () => {
    const directory = `packages/${shortName(name)}`;
    const { repository: from, homepage, bugs } = readManifest(folder);
    // The address is that of the package.json of the root; a new package gets these three fields.
    expect({ repository: from, homepage, bugs }).toEqual({
      repository: { type: "git", url: repository?.url, directory },
      homepage: `${site}/tree/main/${directory}#readme`,
      bugs: `${site}/issues`,
    });
  });

  test("tells nothing about the machine that built it", () => {
    const dist = join(folder, "dist");
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.\w+$/.test(file),
    );
    const texts = files.map((file) => readFileSync(join(dist, file), "utf8"));
    expect(texts.filter((text) => text.includes(root) || text.includes("file://"))).toEqual([]);
    const maps = texts.filter((_, index) => files[index]?.endsWith(".map")).map((text) => JSON.parse(text));
    expect(maps).not.toEqual([]);
    for (const source of maps.flatMap(({ sources }) => sources)) expect(source).toMatch(/^\.\.\//);
  });

  test("names the modules of Node as such", () => {
    // Without "node:" other runtimes take them for packages.
    const dist = join(folder, "dist");
    for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".js")) continue;
      const imported = readFileSync(join(dist, file), "utf8").matchAll(
        /^(?:import|export)\b[^;]*?\bfrom "([^"]+)"/gm,
      );
      for (const [, specifier = ""] of imported) expect(specifier).toMatch(/^(?:\.|node:|@plyws\/)/);
    }
  });

  test("satisfies publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
    note(places.notes, name, "publint");
  });

  const { bin = {} } = readManifest(folder);
  test.each(Object.keys(bin))("brings the program %s, which tells how it is used", async (program) => {
    expect(program).toMatch(/^plyws(?:-[a-z]+)*$/);
    const installed = join(places.alone(name), "node_modules/.bin", program);
    const { code, output } = await run(installed, ["--help"], { cwd: places.tarballs, timeout: 50_000 });
    expect(output).toContain(program);
    expect(code).toBe(0);
    note(places.notes, name, `the program ${program}`);
  });

  test.concurrent("has types for every way to import it", async () => {
    const attw = join(root, "test/node_modules/.bin/attw");
    const tarball = findTarball(places.tarballs, name);
    const { code, output } = await run(attw, ["--profile", "esm-only", tarball], {
      cwd: places.tarballs,
      timeout: 50_000,
    });
    expect(code, output).toBe(0);
    note(places.notes, name, "are-the-types-wrong");
  });

  test.concurrent("would be published by npm as it is", async () => {
    const tarball = findTarball(places.tarballs, name);
    const options = ["--dry-run", "--registry", registry.url, `--${registry.credential}`];
    const { code, output } = await run("npm", ["publish", tarball, ...options, "--cache", places.npmCache], {
      cwd: places.tarballs,
      timeout: 50_000,
    });
    expect(code, output).toBe(0);
    expect(output).toContain(`+ ${name}@${readManifest(folder).version}`);
    // npm says so when it has to mend a field of package.json.
    expect(output).not.toMatch(/npm (?:warn|error) publish/i);
    expect(registry.uploads).toEqual([]);
    note(places.notes, name, "npm publish --dry-run");
  });
});
