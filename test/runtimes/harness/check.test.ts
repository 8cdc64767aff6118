import { describe, expect, test } from "vitest";
import { Check } from "./check.ts";
import selfCheck, { SELF_CHECK } from "./self-check.ts";
import { runSuite, runSuites } from "./suite.ts";

class Private {
  readonly #value: number;
  constructor(value: number) {
    this.#value = value;
  }
  get(): number {
    return this.#value;
  }
}
const instance = new Private(1);

describe("equal", () => {
  test.each<[string, unknown, unknown, boolean]>([
    ["numbers", 1, 1, true],
    ["other numbers", 1, 2, false],
    ["NaN", Number.NaN, Number.NaN, true],
    ["a number and its text", 1, "1", false],
    ["null and undefined", null, undefined, false],
    ["octets", Uint8Array.of(1, 2), Uint8Array.of(1, 2), true],
    ["another octet", Uint8Array.of(1, 2), Uint8Array.of(1, 3), false],
    ["an octet less", Uint8Array.of(1, 2), Uint8Array.of(1), false],
    ["octets and a list", Uint8Array.of(1), [1], false],
    ["lists", [1, ["a"]], [1, ["a"]], true],
    ["another order", [1, 2], [2, 1], false],
    ["a shorter list", [1], [1, undefined], false],
    ["objects", { a: [1], b: {} }, { b: {}, a: [1] }, true],
    ["one key more", { a: 1, b: undefined }, { a: 1 }, false],
    ["another key", { a: undefined }, { b: undefined }, false],
    ["the same instance", instance, instance, true],
    ["instances, whose private fields nobody sees", new Private(1), new Private(1), false],
  ])("%s", (_, a, b, same) => {
    const check = new Check();
    check.equal("it", a, b);
    check.equal("it", b, a);
    expect([check.passed, check.failed]).toEqual(same ? [2, 0] : [0, 2]);
  });

  test("shows both sides", () => {
    const check = new Check();
    check.equal("the frame", { octets: Uint8Array.of(1, 255) }, null);
    expect(check.failures).toEqual(["the frame: { octets: 2 octets <01 ff> } instead of null"]);
  });
});

test.each<[string, () => unknown, boolean]>([
  ["the error", () => decodeURIComponent("%"), true],
  ["another error", () => new Uint8Array(-1), false],
  ["nothing", () => 1, false],
])("throws: %s", (_, action, passes) => {
  const check = new Check();
  check.throws("it", action, { name: "URIError" });
  expect(check.passed === 1).toBe(passes);
  expect(check.failed === 0).toBe(passes);
});

test("many failures are all counted, and some told", () => {
  const check = new Check();
  for (let count = 0; count < 1000; count++) check.fail("wrong");
  expect([check.failed, check.failures.length]).toEqual([1000, 20]);
});

test("the self-check fails as often as it says", async () => {
  expect(await runSuite(selfCheck)).toMatchObject({ suite: "self-check", ...SELF_CHECK });
});

test("a package that cannot be loaded fails alone", async () => {
  const suites = {
    broken: () => Promise.reject(new Error("no such module")),
    good: async () => ({
      default: { name: "good", groups: { a: (check: Check) => check.equal("1", 1, 1) } },
    }),
  };
  const results: string[] = [];
  await runSuites(suites, ({ file, passed, failed }) => results.push(`${file} ${passed} ${failed}`));
  expect(results).toEqual(["broken 0 1", "good 1 0"]);
});
