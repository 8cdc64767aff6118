import { onTestFinished, vi } from "vitest";
import {
  ReconnectingClient,
  type ReconnectingEvents,
  type ReconnectingOptions,
  type ReconnectingState,
  type ReconnectingTarget,
} from "../../src/index.ts";

vi.setConfig({ testTimeout: 30_000 });

/** Waits that are no waits for a test. */
export const QUICK: ReconnectingOptions = { initialDelay: 1, maxDelay: 1 };

/** A port of the loopback address that nobody listens on. */
export const NOBODY = "ws://127.0.0.1:1/";

/** A reconnecting client that lasts as long as the test, and the states that it told. */
export function startReconnecting(
  target: ReconnectingTarget,
  events: ReconnectingEvents = {},
  options: ReconnectingOptions = QUICK,
): { client: ReconnectingClient; states: ReconnectingState[] } {
  const states: ReconnectingState[] = [];
  const client = new ReconnectingClient(target, options, {
    ...events,
    stateChange: (subject, state) => {
      states.push(state);
      return events.stateChange?.(subject, state);
    },
  });
  onTestFinished(() => {
    client.close();
    client.connection?.terminate();
  });
  return { client, states };
}

/** Time that passes when the test says so. Sockets and immediates go on by themselves. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets the sockets work until something is so, while time may stand still. */
export async function eventually(what: string, isSo: () => boolean): Promise<void> {
  const started = process.hrtime.bigint();
  while (!isSo()) {
    if (process.hrtime.bigint() - started > 10_000_000_000n)
      throw new Error(`Not within ten seconds: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What `Math.random` gives for the rest of the test. */
export function fixRandom(value: number): void {
  const random = vi.spyOn(Math, "random").mockReturnValue(value);
  onTestFinished(() => random.mockRestore());
}
