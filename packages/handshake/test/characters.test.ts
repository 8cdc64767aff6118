import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { equalsIgnoringCase, hasElement, listElements, lowerCase } from "../src/characters.ts";

describe("equalsIgnoringCase", () => {
  const ascii = fc.string({ maxLength: 3 });

  test.prop([ascii, ascii])("is equality of the lower case", (a, b) => {
    expect(equalsIgnoringCase(a, b)).toBe(lowerCase(a) === lowerCase(b));
  });

  it("agrees for every pair of two characters of ASCII", () => {
    const characters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const differ = characters.flatMap((a) =>
      characters.filter((b) => equalsIgnoringCase(a, b) !== (a.toLowerCase() === b.toLowerCase())),
    );
    expect(differ).toEqual([]);
  });

  it.each([
    ["\u212a", "k"],
    ["\xc9", "\xe9"],
    ["\u0130", "i"],
  ])("leaves what is not ASCII alone: %j is not %j", (a, b) => {
    expect(equalsIgnoringCase(a, b)).toBe(false);
    expect(equalsIgnoringCase(a, a)).toBe(true);
  });
});

describe("hasElement", () => {
  const lists = fc.string({ unit: fc.constantFrom("a", "B", ",", " ", "\t", "\xa0"), maxLength: 8 });
  const elements = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 2 });

  test.prop([lists, elements])("finds what is among the elements", (list, element) => {
    const among = listElements(list).some((other) => other.toLowerCase() === element);
    expect(hasElement(list, element)).toBe(among);
  });
});
