import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { tool } from "@plyws/testkit/node";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { published, readManifest } from "../published.ts";
import { root } from "../root.ts";
import { run } from "../run.ts";
import { must } from "./must.ts";
import { Places, shortName } from "./places.ts";
import { type Registry, startRegistry, type Upload } from "./registry.ts";
import { note } from "./report.ts";

// A release, rehearsed on a copy: `changeset version`, then `changeset publish` to a registry on this machine.
const places = new Places(inject("packedIn"));
const copy = join(inject("packedIn"), "release");
const inCopy = (name: string): string => join(copy, "packages", shortName(name));

interface Changeset {
  readonly file: string;
  readonly packages: readonly string[];
  /** Its lines, without the ones that are empty. */
  readonly lines: readonly string[];
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const changesets: readonly Changeset[] = readdirSync(join(root, ".changeset"))
  .filter((file) => file.endsWith(".md") && file !== "README.md")
  .map((file) => {
    const text = readFileSync(join(root, ".changeset", file), "utf8");
    const [, head = "", body = ""] = /^---\n(.*?)---\n(.*)$/s.exec(text) ?? [];
    return {
      file,
      packages: [...head.matchAll(/"(.+?)":/g)].map(([, name = ""]) => name),
      lines: linesOf(body),
    };
  });

const git = tool("git", ["git"]);

describe.skipIf(git.skip)("a release", () => {
  // Not the settings of who runs this, such as signatures.
  const env = { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_SYSTEM: devNull };
  let uploads: readonly Upload[] = [];
  let registry: Registry;

  beforeAll(async () => {
    cpSync(join(root, ".changeset"), join(copy, ".changeset"), { recursive: true });
    for (const file of ["package.json", "pnpm-workspace.yaml", "LICENSE"])
      cpSync(join(root, file), join(copy, file));
    for (const name of readdirSync(join(root, "packages"))) {
      const from = join(root, "packages", name);
      mkdirSync(join(copy, "packages", name), { recursive: true });
      cpSync(join(from, "package.json"), join(copy, "packages", name, "package.json"));
    }
    for (const { folder } of published) {
      const to = join(copy, relative(root, folder));
      for (const part of ["dist", "README.md"])
        cpSync(join(folder, part), join(to, part), { recursive: true });
    }
    registry = await startRegistry();
    writeFileSync(join(copy, ".npmrc"), `registry=${registry.url}\n${registry.credential}\n`);
    await must(git.path, ["init", "--quiet", "--initial-branch=main"], copy, env);
    await must(git.path, ["config", "user.name", "nobody"], copy, env);
    await must(git.path, ["config", "user.email", "nobody@localhost"], copy, env);
    await must(git.path, ["add", "."], copy, env);
    await must(git.path, ["commit", "--quiet", "--message=A release"], copy, env);
    const changeset = join(root, "node_modules/.bin/changeset");
    // Right after a release there is nothing to do, and that is an error for it.
    if (changesets.length > 0) await must(changeset, ["version"], copy, env);
    await must(changeset, ["publish"], copy, env);
    uploads = [...registry.uploads];
  }, 120_000);
  afterAll(() => registry.close());

  const told = changesets.flatMap((changeset) => changeset.packages.map((name) => ({ name, ...changeset })));
  test.each(told)("the changelog of $name tells what $file tells", ({ name, lines }) => {
    const { version } = readManifest(inCopy(name));
    const changelog = linesOf(readFileSync(join(inCopy(name), "CHANGELOG.md"), "utf8"));
    expect(changelog.slice(0, 2)).toEqual([`# ${name}`, `## ${version}`]);
    expect(lines).not.toEqual([]);
    // The first line stands behind the id of the commit that brought the changeset.
    const start = changelog.findIndex((line) => line.replace(/^- [0-9a-f]{7,}: /, "") === lines[0]);
    expect(start).toBeGreaterThan(0);
    expect(changelog.slice(start + 1, start + lines.length)).toEqual(lines.slice(1));
  });

  describe.each(published)("of $name", ({ name, manifest: { version: before } }) => {
    test("has the version that its changesets ask for, the first one 0.1.0", () => {
      const { version } = readManifest(inCopy(name));
      const changes = changesets.some(({ packages }) => packages.includes(name));
      const advice = `${name} has never been released: write .changeset/first-${shortName(name)}.md, a minor change`;
      expect(version === before && (changes || before === "0.0.0"), advice).toBe(false);
      expect(before === "0.0.0" ? version : "0.1.0", advice).toBe("0.1.0");
      note(places.notes, name, `to be released as ${version}`);
    });

    test("is uploaded whole, for everybody, with ranges that fit its neighbours", () => {
      const upload = uploads.find((each) => each.name === name);
      const { version } = readManifest(inCopy(name));
      expect(upload?.["dist-tags"]).toEqual({ latest: version });
      const manifest = upload?.versions[version];
      expect(JSON.stringify(manifest?.["exports"])).not.toContain("@plyws/source");
      for (const [neighbour, range] of Object.entries(manifest?.["dependencies"] ?? {})) {
        expect(range).toBe(`^${readManifest(inCopy(neighbour)).version}`);
      }
      const [attachment] = Object.values(upload?._attachments ?? {});
      const archive = gunzipSync(Buffer.from(attachment?.data ?? "", "base64")).toString("latin1");
      for (const file of ["LICENSE", "README.md", "package.json"]) {
        expect(archive).toContain(`package/${file}\0`);
      }
      expect(archive).toContain("package/dist/");
    });
  });

  test("has all published packages, and no private one", async () => {
    const names = published.map(({ name }) => name);
    expect(uploads.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    const tags = (await must(git.path, ["tag"], copy)).trim().split("\n");
    const expected = names.map((name) => `${name}@${readManifest(inCopy(name)).version}`);
    expect(tags.toSorted()).toEqual(expected.toSorted());
  });

  test("is refused by pnpm without provenance, where the workflow asks for it", async () => {
    // The machine of a test is none that could prove what it is, not even in a workflow.
    const inWorkflow = { PNPM_CONFIG_PROVENANCE: "true", GITHUB_ACTIONS: undefined, GITLAB_CI: undefined };
    const publish = ["publish", "--json", "--no-git-checks"];
    const { code, output } = await run("pnpm", publish, {
      cwd: inCopy("@plyws/frame"),
      timeout: 50_000,
      env: inWorkflow,
    });
    expect(output).toContain("ERR_PNPM_PROVENANCE_UNSUPPORTED_PROVIDER");
    expect(code).not.toBe(0);
    expect(registry.uploads).toHaveLength(uploads.length);
  });
});

test("every changeset names a package that is published", () => {
  const names = published.map(({ name }) => name);
  for (const { file, packages } of changesets) {
    expect(packages, file).not.toEqual([]);
    for (const name of packages) expect(names, `${file} names ${name}`).toContain(name);
  }
});
