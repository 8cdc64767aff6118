import { isThenable } from "./thenable.ts";

/** What most of the places where ECMAScript runs have as `console`. */
interface Printer {
  error(...values: unknown[]): void;
}

/** Tells the application what failed. What fails in telling is printed. */
export function reportError(events: { error?(error: unknown): unknown }, error: unknown): void {
  if (events.error === undefined) return print(error);
  try {
    const result = events.error(error);
    if (isThenable(result)) Promise.resolve(result).catch(print);
  } catch (failure) {
    print(failure);
  }
}

function print(error: unknown): void {
  const printer: Printer | undefined = Reflect.get(globalThis, "console");
  printer?.error("@plyws/rooms:", error);
}
