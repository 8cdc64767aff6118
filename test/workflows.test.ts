import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readManifest } from "./published.ts";
import { root } from "./root.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, ".github/workflows");
const files = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
const workflows = files.map(({ file, text }) => {
  const workflow: Workflow = parse(text);
  return { file, text, workflow, steps: Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps) };
});
const publish = workflows.find(({ file }) => file === "publish.yml");

describe.each(workflows)("the workflow $file", ({ workflow, steps, text }) => {
  test("may only read unless a job says what it writes", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
  });

  test("pins every action", () => {
    const used = [...Object.values(workflow.jobs), ...steps].flatMap(({ uses }) => uses ?? []);
    expect(used).not.toEqual([]);
    for (const uses of used) expect(uses).toMatch(/^\.\/|@(?:v\d+|[0-9a-f]{40})$/);
  });

  test("runs scripts that are there", () => {
    const scripts = Object.keys(readManifest(root)["scripts"] ?? {});
    const named = [...text.matchAll(/npm run (\S+)/g)].map(([, name]) => name);
    expect(scripts).toEqual(expect.arrayContaining(named));
  });

  test("puts nothing into a shell that others write", () => {
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });
});

describe("publishing", () => {
  const release = publish?.workflow.jobs["release"];
  const step = release?.steps?.find(({ uses }) => uses?.startsWith("changesets/action@"));

  test("may prove who publishes", () => {
    expect(release?.permissions).toEqual({
      contents: "write",
      "pull-requests": "write",
      "id-token": "write",
    });
    // What pnpm makes of it: packages/releases.test.ts.
    expect(step?.env?.["PNPM_CONFIG_PROVENANCE"]).toBe("true");
  });

  test("runs the version of the action that knows the installed changesets", () => {
    const devDependencies: Readonly<Record<string, string>> = Object(readManifest(root)["devDependencies"]);
    expect([devDependencies["@changesets/cli"]?.split(".")[0], step?.uses]).toEqual([
      "3",
      "changesets/action@v2",
    ]);
    expect(Object.keys(step?.with ?? {})).toEqual(
      expect.arrayContaining(["version-script", "publish-script", "create-github-releases"]),
    );
  });

  test("waits for the checks of a pull request", () => {
    expect(publish?.workflow.jobs["ci"]?.uses).toBe("./.github/workflows/ci.yml");
    expect(release).toMatchObject({ needs: "ci" });
  });
});
