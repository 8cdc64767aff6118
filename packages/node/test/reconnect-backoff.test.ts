import { fc, test } from "@fast-check/vitest";
import { seededRandom } from "@plyws/testkit";
import { describe, expect } from "vitest";
import { backoffDelay } from "../src/reconnect/backoff.ts";

const DEFAULTS = { initialDelay: 1000, maxDelay: 30_000, factor: 2 };
/** The next number below 1. */
const ALMOST_ONE = 1 - 2 ** -53;

const backoff = fc.record({
  initialDelay: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  maxDelay: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  factor: fc.double({ min: 1, max: 1e300, noNaN: true }),
});
const retries = fc.nat({ max: 2 ** 31 });

test("the ceilings of the defaults", () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 100, 1e9].map((n) => backoffDelay(n, DEFAULTS, () => ALMOST_ONE));
  expect(ceilings).toEqual([999, 1999, 3999, 7999, 15_999, 29_999, 29_999, 29_999, 29_999]);
});

describe("full jitter", () => {
  test.prop([backoff, retries, fc.integer()])(
    "stays between 10 milliseconds and its ceiling",
    (settings, n, seed) => {
      const delay = backoffDelay(n, settings, seededRandom(seed));
      expect(Number.isSafeInteger(delay)).toBe(true);
      expect(delay).toBeGreaterThanOrEqual(10);
      expect(delay).toBeLessThan(Math.max(11, settings.maxDelay));
      if (n === 0) expect(delay).toBeLessThan(Math.max(11, settings.initialDelay));
    },
  );

  test.prop([backoff, retries])("reaches both ends, and the ceiling never falls", (settings, n) => {
    const ceiling = (at: number): number => backoffDelay(at, settings, () => ALMOST_ONE);
    expect(backoffDelay(n, settings, () => 0)).toBe(10);
    expect(ceiling(n + 1)).toBeGreaterThanOrEqual(ceiling(n));
    expect(ceiling(2 ** 31)).toBeGreaterThanOrEqual(
      settings.factor > 1.1 ? settings.maxDelay - 1 : ceiling(n),
    );
  });

  test.prop([fc.integer(), fc.nat({ max: 8 })])("spreads evenly below the ceiling", (seed, n) => {
    const random = seededRandom(seed);
    const ceiling = Math.min(DEFAULTS.maxDelay, DEFAULTS.initialDelay * DEFAULTS.factor ** n);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 2000; i++) {
      tenths[Math.floor((backoffDelay(n, DEFAULTS, random) / ceiling) * 10)]! += 1;
    }
    // 200 each on average; the standard deviation is 13.4.
    for (const count of tenths) expect(count).toSatisfy((value: number) => value > 100 && value < 300);
  });
});
