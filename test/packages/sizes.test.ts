import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as frame from "@plyws/frame";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { published } from "../published.ts";
import { root } from "../root.ts";
import { entriesOf, isPure, Places } from "./places.ts";
import { note } from "./report.ts";
import { bundle, compressed, kilobytes, weighed } from "./sizes.ts";

const places = new Places(inject("packedIn"));
const sizes = new Map<string, number>();

beforeAll(async () => {
  for (const { label, code } of weighed) {
    sizes.set(label, compressed(await bundle(code, places.together)));
  }
});

describe("bundled, minified and compressed", () => {
  test.each(weighed)("$label keeps within its limit", ({ label, limit }) => {
    const size = sizes.get(label) ?? Number.NaN;
    expect(size).toBeLessThanOrEqual(limit);
    // A limit far above what is there would let it grow unseen.
    expect(size).toBeGreaterThan(limit * 0.9);
    for (const { name } of published) if (label === `\`${name}\``) note(places.notes, name, kilobytes(size));
  });

  const pure = published.flatMap(({ name, manifest }) =>
    entriesOf(manifest).filter((entry) => isPure(name, entry)),
  );
  test.each(pure)("%s is weighed", (entry) => {
    const advice = `Pure entries run in pages, where size counts: give ${entry} a row in test/packages/sizes.ts`;
    expect(
      weighed.map(({ label }) => label),
      advice,
    ).toContain(`\`${entry}\``);
  });

  test("is as the README says", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const said = new Map(
      [...readme.matchAll(/^\| (.+?) +\| ([\d.]+) kB +\|$/gm)].map(([, label, size]) => [label, size]),
    );
    const rows = [...sizes].map(([label, size]) => `| ${label} | ${kilobytes(size)} |`).join("\n");
    const advice = `The table under "Size" in README.md has to be:\n${rows}\n`;
    expect([...said.keys()], advice).toEqual(weighed.map(({ label }) => label));
    for (const [label, size] of sizes) {
      // Other processors compress by other steps, which is worth a few octets.
      expect(Math.abs(Number(said.get(label)) * 1000 - size), advice).toBeLessThanOrEqual(120);
    }
  });
});

describe("a bundler takes only what is imported", () => {
  const everything = [
    "the opcode is reserved",
    "ProtocolError",
    "decodeURIComponent",
    "TlsHandshake",
    "maskingKey",
  ];

  test("with everything of the frames each of these texts is there", async () => {
    const text = await bundle(`export * from "@plyws/frame";`, places.together);
    for (const part of everything) expect(text).toContain(part);
  });

  test("with applyMask alone none of them is, and less than a fifth of the code", async () => {
    const text = await bundle(`export { applyMask } from "@plyws/frame";`, places.together);
    for (const part of everything) expect(text).not.toContain(part);
    const all = await bundle(`export * from "@plyws/frame";`, places.together);
    expect(text.length).toBeLessThan(all.length / 5);
    const url = `data:text/javascript,${encodeURIComponent(text)}`;
    const { applyMask }: typeof frame = await import(url);
    const octets = Uint8Array.of(1, 2, 3, 4, 5);
    expect(applyMask(octets, 0, 5, 0x04030201)).toBe(0x01040302);
    expect(octets).toEqual(Uint8Array.of(0, 0, 0, 0, 4));
  });

  const pure = published.flatMap(({ name, manifest }) =>
    entriesOf(manifest).filter((entry) => isPure(name, entry)),
  );
  test.each(pure)("nothing is left of %s when nothing of it is used", async (entry) => {
    expect(await bundle(`import "${entry}"; import * as unused from "${entry}";`, places.together)).toBe("");
  });
});
