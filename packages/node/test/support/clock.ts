import { afterAll, beforeAll, vi } from "vitest";

/** Time stands still in this file, but for {@link pass}. Sockets and immediates go on by themselves. */
export function stopTime(): void {
  beforeAll(() => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
    });
  });
  afterAll(() => void vi.useRealTimers());
}

/** Lets seconds pass, one by one, with enough turns of the event loop for what follows from each. */
export async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    vi.advanceTimersByTime(1000);
    await turns();
  }
}

/** Lets the sockets of this process say to each other what they have to say. */
export async function turns(count = 10): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
