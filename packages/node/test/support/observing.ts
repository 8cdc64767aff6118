import { type Channel, channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { onTestFinished } from "vitest";
import type {
  ObservedClose,
  ObservedError,
  ObservedHandshake,
  ObservedOpen,
  Trace,
} from "../../src/index.ts";
import { formatFrame } from "../../src/index.ts";

/** What the channels tell. */
interface Observed {
  readonly "plyws:handshake": ObservedHandshake;
  readonly "plyws:open": ObservedOpen;
  readonly "plyws:close": ObservedClose;
  readonly "plyws:error": ObservedError;
}

export const CHANNELS = ["plyws:handshake", "plyws:open", "plyws:close", "plyws:error"] as const;

/** What one channel tells during the test, in order. */
export function observe<Name extends keyof Observed>(name: Name): readonly Observed[Name][] {
  const told: Observed[Name][] = [];
  const note = (message: unknown): void => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    told.push(message as Observed[Name]);
  };
  subscribe(name, note);
  onTestFinished(() => void unsubscribe(name, note));
  return told;
}

/** How often something was published during the test, to whomever. */
export function countPublications(): () => number {
  let count = 0;
  for (const name of CHANNELS) {
    const spied = channel(name);
    const publish = (message: unknown): void => {
      count++;
      // A channel changes its class with its first and its last subscriber.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      (Object.getPrototypeOf(spied) as Channel).publish.call(spied, message);
    };
    Object.defineProperty(spied, "publish", { configurable: true, value: publish });
    onTestFinished(() => void Reflect.deleteProperty(spied, "publish"));
  }
  return () => count;
}

/** The option `trace`, and the lines that it has made. */
export function tracing(): { readonly trace: Trace; readonly lines: readonly string[] } {
  const lines: string[] = [];
  return { trace: (traced) => void lines.push(formatFrame(traced)), lines };
}
