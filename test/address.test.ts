import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readManifest } from "./published.ts";
import { root } from "./root.ts";

/** The address that the package.json of the root names; those of the packages are compared by their own test. */
const site = readManifest(root).repository?.url.replace(/^git\+|\.git$/g, "");

test.each(["SECURITY.md", ".github/ISSUE_TEMPLATE/config.yml", "package.json"])(
  "%s has the address of the repository",
  (file) => {
    const addresses =
      readFileSync(join(root, file), "utf8").match(/https:\/\/github\.com\/[\w.-]+\/[\w-]+/g) ?? [];
    expect(new Set(addresses)).toEqual(new Set([site]));
  },
);
