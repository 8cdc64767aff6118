import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { published } from "../published.ts";
import { entriesOf, shortName } from "./places.ts";

/** The packages that can be imported: others are there for their program alone. */
export const imported = published.filter(({ manifest }) => entriesOf(manifest).length > 0);

/** What somebody does with a package that is installed alone, in TypeScript. */
export function useOf(name: string): string {
  const file = fileURLToPath(new URL(`uses/${shortName(name)}.ts`, import.meta.url));
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new Error(
    `${name} is never used as users would. Write test/packages/uses/${shortName(name)}.ts: it imports what it uses ` +
      "by name, has no await at its top, and says behind console.log what is printed, as in // → text",
  );
}

/** What a use prints. */
export const printedBy = (use: string): string[] =>
  [...use.matchAll(/\/\/ → (.*)$/gm)].map(([, text = ""]) => text);
