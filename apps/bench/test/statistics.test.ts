import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { median, medianRatio, quantile, rotated } from "../src/statistics.ts";

test.each([
  [[], Number.NaN],
  [[3], 3],
  [[9, 1], 5],
  [[10, 9, 1], 9],
  [[4, 1, 3, 2], 2.5],
])("the median of %j is %d", (numbers, expected) => {
  expect(median(numbers)).toBe(expected);
});

test.each([
  [[], 0.5, Number.NaN],
  [[7], 0.99, 7],
  [[1, 2, 3, 4], 0.5, 2],
  [[1, 2, 3, 4], 0, 1],
  [[1, 2, 3, 4], 1, 4],
  [Array.from({ length: 1000 }, (_, index) => index + 1), 0.99, 990],
])("of %j, the share %d is at or below %d", (sorted, share, expected) => {
  expect(quantile(sorted, share)).toBe(expected);
});

describe("the median of ratios", () => {
  test("is that of each repetition for itself", () => {
    // The machine was ten times slower in the second repetition: the ratio does not care.
    expect(medianRatio([6, 60, 9], [2, 20, 3])).toBe(3);
  });

  test("leaves out what failed", () => {
    expect(medianRatio([null, 4, 8], [1, null, 2])).toBe(4);
    expect(medianRatio([null], [1])).toBeNaN();
    expect(medianRatio([1], [])).toBeNaN();
  });
});

property.prop([fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 })])(
  "half of the numbers are on either side of the median",
  (numbers) => {
    const middle = median(numbers);
    const most = Math.ceil(numbers.length / 2);
    expect(numbers.filter((number) => number < middle).length).toBeLessThanOrEqual(most);
    expect(numbers.filter((number) => number > middle).length).toBeLessThanOrEqual(most);
  },
);

property.prop([fc.array(fc.nat()), fc.nat({ max: 20 })])(
  "whoever begins, all have their turn",
  (items, round) => {
    const turns = rotated(items, round);
    expect(turns).toHaveLength(items.length);
    expect(turns).toEqual(expect.arrayContaining(items));
    expect(turns[0]).toBe(items[round % items.length]);
  },
);
