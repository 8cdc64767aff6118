import { describe, expect, test } from "vitest";
import { VirtualClock } from "../src/index.ts";

describe("VirtualClock", () => {
  test("runs what falls due, in order of time and then of setting", () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name} at ${clock.now()}`);
    clock.setTimeout(note("late"), 20);
    clock.setTimeout(note("first"), 10);
    clock.setTimeout(note("second"), 10);
    clock.advance(9);
    expect(seen).toEqual([]);
    clock.advance(1);
    expect(seen).toEqual(["first at 10", "second at 10"]);
    expect(clock.pending).toBe(1);
    clock.advance(100);
    expect(seen.at(-1)).toBe("late at 20");
    expect(clock.now()).toBe(110);
  });

  test("runs within the same advance what a timer sets", () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const again = () => {
      seen.push(clock.now());
      clock.setTimeout(again, 10);
    };
    clock.setTimeout(again, 10);
    clock.advance(35);
    expect(seen).toEqual([10, 20, 30]);
  });

  test("forgets a cleared timer, also one cleared by a timer of the same moment", () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const { setTimeout, clearTimeout } = clock;
    setTimeout(() => clearTimeout(second), 5);
    const second = setTimeout(() => seen.push("cleared"), 5);
    const third = setTimeout(() => seen.push("ran"), 5);
    clock.advance(5);
    clearTimeout(third);
    clearTimeout(null);
    expect(seen).toEqual(["ran"]);
    expect(clock.pending).toBe(0);
  });
});
