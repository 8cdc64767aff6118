import { inspect } from "node:util";

/** Reports what the application did wrong where nobody else can be told: as a warning of the process, with its stack. */
export function warn(what: string, thrown: unknown): void {
  const { message, stack } = textsOf(toError(thrown));
  process.emitWarning(`${what}: ${message}`, { detail: stack });
}

/** What an error says; its properties may be anything, or throw. */
function textsOf(error: Error): { message: string; stack: string } {
  try {
    return { message: [error.message].join(), stack: [error.stack].join() };
  } catch {
    return { message: "an error that cannot be read", stack: "" };
  }
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  // Not by String(): an object may have no string, or a method that throws instead of giving one.
  const text = typeof thrown === "string" ? thrown : inspect(thrown, { customInspect: false });
  return new Error(`Thrown: ${text}`);
}
