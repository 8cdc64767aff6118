import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import {
  chopped,
  concat,
  cuttings,
  everyCut,
  filled,
  hex,
  octetByOctet,
  randomCuts,
  text,
} from "../src/index.ts";

test.prop([fc.uint8Array({ maxLength: 700 })])("the chunks of every cutting join to the input", (data) => {
  for (const { name, chunks } of cuttings(data))
    expect({ name, joined: concat(...chunks) }).toEqual({ name, joined: Uint8Array.from(data) });
});

test.prop([fc.uint8Array({ minLength: 1, maxLength: 64 })])("every chunk is a copy", (data) => {
  const before = Uint8Array.from(data);
  for (const { chunks } of cuttings(data)) for (const chunk of chunks) chunk.fill(~(chunk[0] ?? 0));
  expect(Uint8Array.from(data)).toEqual(before);
});

test("the simple cutters", () => {
  const data = hex("01 02 03");
  expect(octetByOctet(data)).toEqual([hex("01"), hex("02"), hex("03")]);
  expect([...everyCut(data)]).toEqual([
    [hex("01"), hex("02 03")],
    [hex("01 02"), hex("03")],
  ]);
  expect(chopped(data, 2)).toEqual([hex("01 02"), hex("03")]);
  expect(() => chopped(data, 0)).toThrow(RangeError);
  expect(octetByOctet(hex(""))).toEqual([]);
});

test.prop([fc.uint8Array(), fc.integer()])("random cuts depend on the seed alone", (data, seed) => {
  expect(randomCuts(data, seed)).toEqual(randomCuts(data, seed));
});

test("a short input is cut everywhere", () => {
  expect([...cuttings(hex("00 00 00 00"))].map(({ name }) => name)).toEqual([
    "whole",
    "octet by octet",
    "cut at 1",
    "cut at 2",
    "cut at 3",
    "random cuts, seed 1",
    "random cuts, seed 2",
    "random cuts, seed 3",
    "random cuts, seed 4",
  ]);
});

test("a long input is cut around every edge of a frame", () => {
  const long = text(filled(65_536, 0x2a));
  const names = new Set(Array.from(cuttings(concat(long, text("between"), long)), ({ name }) => name));
  for (const edge of [long.length, long.length + 9]) {
    for (let at = edge - 14; at <= edge + 14; at++) expect(names).toContain(`cut at ${at}`);
  }
  expect(names).toContain("cut at 1");
  expect(names).toContain(`cut at ${2 * long.length + 8}`);
  expect(names.size).toBeLessThan(200);
});
