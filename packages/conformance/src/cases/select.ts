import type { Case } from "./case.ts";

/** Which cases to run, by their ids: "6.4.1", "6.4" or "6.4.*" for all of a section, "*.1"; several by commas. */
export interface Selection {
  /** Default all. */
  readonly cases?: string | readonly string[] | undefined;
  /** Default none. */
  readonly exclude?: string | readonly string[] | undefined;
}

/**
 * The cases of a selection, in their order.
 *
 * @throws RangeError for a pattern that fits no case: it is a mistake, and a run without it would prove nothing
 */
export function selectCases(all: readonly Case[], { cases, exclude }: Selection = {}): Case[] {
  const wanted = cases === undefined ? null : patternsOf(cases, all);
  const unwanted = exclude === undefined ? [] : patternsOf(exclude, all);
  return all.filter(
    ({ id }) => (wanted === null || wanted.some((fits) => fits(id))) && !unwanted.some((fits) => fits(id)),
  );
}

function patternsOf(texts: string | readonly string[], all: readonly Case[]): ((id: string) => boolean)[] {
  return [texts]
    .flat()
    .flatMap((text) => text.split(","))
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => {
      const fits = patternOf(text);
      if (!all.some(({ id }) => fits(id))) throw new RangeError(`no case fits "${text}"`);
      return fits;
    });
}

function patternOf(text: string): (id: string) => boolean {
  const escaped = text.replaceAll(/[^\w*-]/g, String.raw`\$&`).replaceAll("*", ".*");
  const pattern = new RegExp(String.raw`^${escaped}(?:\..*)?$`);
  return (id) => pattern.test(id);
}
