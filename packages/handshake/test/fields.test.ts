import { inspect } from "node:util";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { HeaderFields } from "../src/index.ts";

describe("HeaderFields", () => {
  const headers = HeaderFields.fromRaw(["A", "1", "b", "2", "a", "3"]);

  it("keeps the order and the letter case of the wire", () => {
    expect([...headers]).toEqual([
      ["A", "1"],
      ["b", "2"],
      ["a", "3"],
    ]);
    expect([...headers.entries()]).toEqual([...headers]);
    expect(headers.size).toBe(3);
  });

  it("can be looked at, by people and by JSON", () => {
    expect(JSON.stringify({ headers })).toBe('{"headers":[["A","1"],["b","2"],["a","3"]]}');
    expect(inspect(headers)).toBe("{ HeaderFields: [ [ 'A', '1' ], [ 'b', '2' ], [ 'a', '3' ] ] }");
  });

  it("finds names in any letter case and joins lines", () => {
    expect(headers.get("a")).toBe("1, 3");
    expect(headers.getAll("A")).toEqual(["1", "3"]);
    expect(headers.has("B")).toBe(true);
  });

  it("has nothing for other names", () => {
    expect(headers.get("c")).toBeNull();
    expect(headers.getAll("c")).toEqual([]);
    expect(headers.has("c")).toBe(false);
  });

  it("knows which names are there more than once", () => {
    expect(["a", "A", "b", "c"].map((name) => headers.isRepeated(name))).toEqual([true, true, false, false]);
  });

  it("tells an empty value from none", () => {
    expect(HeaderFields.from([["a", ""]]).get("a")).toBe("");
  });

  it("folds ASCII only: the sign of Kelvin is no K", () => {
    expect(HeaderFields.from([["Sec-WebSoc\u212aet-Key", "1"]]).has("sec-websocket-key")).toBe(false);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "size", ""])(
    "is not confused by the name %j",
    (name) => {
      expect(headers.has(name)).toBe(false);
      expect(headers.get(name)).toBeNull();
      const named = HeaderFields.from([[name, "x"]]);
      expect(named.get(name)).toBe("x");
      expect([...named]).toEqual([[name, "x"]]);
    },
  );

  it("is made of a Map or of another HeaderFields too, and is not touched by later changes", () => {
    const pairs: [string, string][] = [["a", "1"]];
    const copy = HeaderFields.from(pairs);
    pairs.push(["b", "2"]);
    expect([...copy]).toEqual([["a", "1"]]);
    expect([...HeaderFields.from(copy)]).toEqual([["a", "1"]]);
    expect([...HeaderFields.from(new Map([["a", "1"]]))]).toEqual([["a", "1"]]);
    const raw = ["a", "1"];
    const fromRaw = HeaderFields.fromRaw(raw);
    raw[1] = "2";
    expect(fromRaw.get("a")).toBe("1");
  });

  it("refuses a raw list without the last value", () => {
    expect(() => HeaderFields.fromRaw(["a"])).toThrow(TypeError);
  });

  const names = fc.string({ unit: fc.constantFrom("a", "A", "b", "@", "`", "[", "{"), maxLength: 2 });

  test.prop([fc.array(fc.tuple(names, fc.string())), names])(
    "finds what a plain search finds",
    (pairs, name) => {
      const found = pairs.filter(([other]) => other.toLowerCase() === name.toLowerCase());
      const values = found.map(([, value]) => value);
      const fields = HeaderFields.from(pairs);
      expect(fields.getAll(name)).toEqual(values);
      expect(fields.get(name)).toBe(values.length === 0 ? null : values.join(", "));
      expect(fields.has(name)).toBe(values.length > 0);
      expect(fields.isRepeated(name)).toBe(values.length > 1);
      expect(fields.size).toBe(pairs.length);
    },
  );

  test.prop([fc.array(fc.tuple(fc.string(), fc.string()))])("gives back what it was made of", (pairs) => {
    expect([...HeaderFields.from(pairs)]).toEqual(pairs);
    expect([...HeaderFields.fromRaw(pairs.flat())]).toEqual(pairs);
  });
});
