// What is used of the platform: in every runtime, but in no library of types that this package compiles with.
declare const setTimeout: (task: () => void, milliseconds: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;
declare const performance: { now(): number };
declare const console: { warn(text: string, error: Error): void };
declare const URL: new (
  url: string,
) => { protocol: string; host: string; pathname: string; search: string; hash: string };

/** The parts of an `AbortSignal` that are used. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export const startTimer = (milliseconds: number, task: () => void): unknown => setTimeout(task, milliseconds);
export const stopTimer = (timer: unknown): void => clearTimeout(timer);
export const now = (): number => performance.now();
export const warn = (text: string, error: Error): void => console.warn(text, error);
/** @throws TypeError when it is no URL */
export const parseUrl = (url: string): InstanceType<typeof URL> => new URL(url);
