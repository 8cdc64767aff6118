import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";

/** The README of the repository, and those of its packages and applications. */
export const readmes: readonly string[] = [
  root,
  ...["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  ),
]
  .map((folder) => join(folder, "README.md"))
  .filter((file) => existsSync(file));

/** The pages of the site that people write; the others are made from sources and READMEs. */
export const pages: readonly string[] = ["", "guide", "protocol", "reference", "contributing"]
  .map((folder) => join(root, "apps/docs", folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith(".md") && !file.endsWith("README.md"));
