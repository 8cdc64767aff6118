import { describe, expect, test } from "vitest";
import {
  concat,
  failureOctets,
  hex,
  octets,
  parseFrames,
  RULES,
  type Rule,
  ruleInput,
} from "../src/index.ts";

const all: readonly Rule[] = Object.values(RULES).flat();
const ids = all.flatMap(({ id, variants }) => [id, ...variants]);

/** The Autobahn cases of a section, as numbers like "5.3". */
function cases(section: number, from: readonly Rule[] = all): string[] {
  return from.flatMap(({ id, variants }) => [id, ...variants]).filter((id) => id.startsWith(`${section}.`));
}

describe("the table", () => {
  test("has every case of the Autobahn sections 1 to 7 and 10", () => {
    const counts = [1, 2, 3, 4, 5, 6, 7, 10].map((section) => cases(section).length);
    expect(counts).toEqual([16, 11, 7, 10, 20, 145, 37, 1]);
  });

  test("demands a failure where the suite does, and for the two informational codes out of range", () => {
    const failing = all.filter(({ expected }) => expected.close.kind === "failed");
    const counts = [1, 2, 3, 4, 5, 6, 7, 10].map((section) => cases(section, failing).length);
    expect(counts).toEqual([0, 1, 7, 10, 12, 75, 12 + 2, 0]);
  });

  test("names no rule twice", () => {
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  test("expects events in the order of the input, after frames that exist", () => {
    for (const { id, input, expected } of all) {
      for (const due of [expected.events, expected.replies]) {
        const after = due.map((item) => item.after);
        expect({ id, after }).toEqual({ id, after: after.toSorted((a, b) => a - b) });
        expect({ id, beyond: after.filter((index) => input[index] === undefined) }).toEqual({
          id,
          beyond: [],
        });
      }
    }
  });

  test("expects no event after a failure, which lies within the input", () => {
    for (const rule of all) {
      const { close, events } = rule.expected;
      if (close.kind !== "failed") continue;
      expect({ id: rule.id, late: events.filter(({ after }) => after >= close.at.frame) }).toEqual({
        id: rule.id,
        late: [],
      });
      const input = ruleInput(rule, "server");
      const { earliest, latest } = failureOctets(input, close.at);
      expect(earliest).toBeGreaterThan(0);
      expect(latest).toBeGreaterThanOrEqual(earliest);
      expect(latest).toBeLessThanOrEqual(concat(...input).length);
    }
  });

  test("cites a section of the RFC for each rule", () => {
    for (const { section } of all) expect(section).toMatch(/^\d+\.\d+(\.\d+)?$/);
  });
});

describe("the input of a rule", () => {
  const whole = all.find(({ id }) => id === "5.6");
  const zero = all.find(({ id }) => id === "mask/zero-key");

  test("is masked towards a server, with another key for each frame, and not towards a client", () => {
    if (whole === undefined) throw new Error("no such rule");
    const payloads = [...["fragment1", "ping", "fragment2"].map(octets), hex("03 E8")];
    for (const role of ["server", "client"] as const) {
      const frames = parseFrames(concat(...ruleInput(whole, role)));
      expect(frames.map(({ payload }) => payload)).toEqual(payloads);
      expect(frames.map(({ masked }) => masked)).toEqual(payloads.map(() => role === "server"));
    }
  });

  test("keeps a masking key that the rule gives", () => {
    if (zero === undefined) throw new Error("no such rule");
    expect(ruleInput(zero, "server")[0]?.subarray(2, 6)).toEqual(new Uint8Array(4));
  });
});
