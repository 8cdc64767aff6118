import { concat, type Role, RULES, type Rule, ruleInput } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { type Explanation, explain } from "../src/explain/explain.ts";

/** The first thing for which a receiver fails the connection. */
function failure({ frames }: Explanation) {
  for (const { index, faults, ignored } of frames) {
    if (ignored) break;
    const found = faults.find(({ closeCode }) => closeCode !== null);
    if (found !== undefined) return { frame: index, closeCode: found.closeCode };
  }
  return null;
}

const all = Object.values<readonly Rule[]>(RULES).flat();
const visible = all.filter(({ maxMessageSize, title }) => {
  // What a receiver is willing to take is not in the octets.
  return maxMessageSize === null && !/limit|too many/i.test(title);
});

const receivers = ({ receiver }: Rule): Role[] => (receiver === "both" ? ["server", "client"] : [receiver]);
const rows = visible.flatMap((rule) => receivers(rule).map((role) => [rule.id, role, rule] as const));

describe("every rule that can be seen in octets", () => {
  test("is most of the rules", () => {
    expect(visible.length).toBeGreaterThan(all.length * 0.9);
  });

  test.each(rows)("%s towards a %s", (_, role, rule) => {
    const from = role === "server" ? "client" : "server";
    const explanation = explain(concat(...ruleInput(rule, role)), { from, compression: null });
    const { close, events } = rule.expected;
    const expected = close.kind === "failed" ? { frame: close.at.frame, closeCode: close.code } : null;
    expect(failure(explanation)).toEqual(expected);

    const texts = events.filter(({ type }) => type === "text").map(({ data }) => data);
    const complete = explanation.messages.filter(
      ({ type, frames, complete: whole }) =>
        type === "text" && whole && frames.every((index) => !explanation.frames[index]!.ignored),
    );
    const shown = complete.map(({ content }) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(content!),
    );
    expect(shown.slice(0, texts.length)).toEqual(texts);
  });
});
