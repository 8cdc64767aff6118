/** Reports what the application did wrong where nobody else can be told: as a warning of the process, with its stack. */
export function warn(what: string, thrown: unknown): void {
  const { message, stack = "" } = toError(thrown);
  process.emitWarning(`${what}: ${message}`, { detail: stack });
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`Thrown: ${String(thrown)}`);
}
