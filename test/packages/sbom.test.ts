import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { published } from "../published.ts";
import { root } from "../root.ts";
import { must } from "./must.ts";

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly scope: string;
}

const purlOf = (name: string, version: string): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

describe("the software bill of materials", () => {
  let text = "";
  let components: readonly Component[] = [];
  const purls = (scope: string): string[] =>
    components.filter((component) => component.scope === scope).map(({ purl }) => purl);

  beforeAll(async () => {
    const out = join(inject("packedIn"), "sbom.cdx.json");
    await must(process.execPath, [join(root, "scripts/sbom.mjs"), out], root);
    text = readFileSync(out, "utf8");
    ({ components } = JSON.parse(text));
  });

  test("is valid CycloneDX 1.6", async () => {
    expect(await validator.validate(text)).toBeNull();
  });

  test("would not be valid with a component that has no name", async () => {
    expect(await validator.validate(text.replace('"name": "frame"', '"nome": "frame"'))).not.toBeNull();
  });

  test("requires the packages, and of others only what is built into them", () => {
    const packages = published.map(({ name, manifest }) => purlOf(name, manifest.version));
    const others = purls("required").filter((purl) => !packages.includes(purl));
    expect(purls("required")).toEqual(expect.arrayContaining(packages));
    // Whoever builds more of others into a package names it here, and its licence in the README of the package.
    expect(others.map((purl) => purl.replace(/@[^@]*$/, "")).toSorted()).toEqual([
      "pkg:npm/%40noble/hashes",
      "pkg:npm/pako",
    ]);
  });

  test("has optional peers as such", () => {
    const peers = published.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}));
    expect(purls("optional").map((purl) => purl.replace(/@[^@]*$/, ""))).toEqual(
      peers.map((name) => `pkg:npm/${name.replace("@", "%40")}`),
    );
  });

  test("has what the lockfile has, in its versions", () => {
    const lockfile = readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
    const locked = [...lockfile.matchAll(/^ {2}'?(@?[^\s'@(]+)@(\d[^\s'(:]*)'?:$/gm)];
    const known = new Set(locked.map(([, name = "", version = ""]) => purlOf(name, version)));
    const ours = /^pkg:npm\/%40plyws\//;
    expect(components.map(({ purl }) => purl).filter((purl) => !ours.test(purl) && !known.has(purl))).toEqual(
      [],
    );
    const listed = new Set(components.map(({ purl }) => purl));
    expect([...known].filter((purl) => !listed.has(purl))).toEqual([]);
  });
});
