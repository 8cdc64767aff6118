import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Alarm } from "../src/reconnect/alarm.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

test.each([0, 1, 999, 1000, 1001, 2500, 30_000])("it rings once, after %d ms", (delay) => {
  const ring = vi.fn<() => void>();
  new Alarm().set(delay, ring);
  if (delay > 0) vi.advanceTimersByTime(delay - 1);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  vi.advanceTimersByTime(100_000);
  expect(ring).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test("it rings within a second after the computer slept beyond its time", () => {
  const ring = vi.fn<() => void>();
  new Alarm().set(30_000, ring);
  vi.advanceTimersByTime(5500);
  // Timers stand still while the computer sleeps; the wall clock does not.
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(499);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(ring).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test("a nap that ends before its time counts as part of the wait", () => {
  const ring = vi.fn<() => void>();
  new Alarm().set(30_000, ring);
  vi.setSystemTime(Date.now() + 20_000);
  vi.advanceTimersByTime(9999);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(ring).toHaveBeenCalledOnce();
});

test("a clock that is set back makes no wait longer", () => {
  const ring = vi.fn<() => void>();
  new Alarm().set(5000, ring);
  vi.setSystemTime(Date.now() - 86_400_000);
  vi.advanceTimersByTime(5000);
  expect(ring).toHaveBeenCalledOnce();
});

test.each([0, 1, 1500, 4999])("it does not ring when it is cleared after %d ms", (after) => {
  const ring = vi.fn<() => void>();
  const alarm = new Alarm();
  alarm.set(5000, ring);
  vi.advanceTimersByTime(after);
  alarm.clear();
  alarm.clear();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(100_000);
  expect(ring).not.toHaveBeenCalled();
});

test("it can be set again, also while it rings", () => {
  const alarm = new Alarm();
  const first = vi.fn<() => void>();
  const second = vi.fn<() => void>(() => alarm.set(10, third));
  const third = vi.fn<() => void>();
  alarm.set(1000, first);
  alarm.set(2000, second);
  vi.advanceTimersByTime(2009);
  expect([first, second, third].map((ring) => ring.mock.calls.length)).toEqual([0, 1, 0]);
  vi.advanceTimersByTime(1);
  expect(third).toHaveBeenCalledOnce();
});
