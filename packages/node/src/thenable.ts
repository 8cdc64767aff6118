/** Whether something can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/**
 * An answer that was to be given at once.
 *
 * @throws TypeError when it is a promise, whose rejection then ends nothing
 */
export function atOnce<Value>(what: string, value: Value): Value {
  if (!isThenable(value)) return value;
  Promise.resolve(value).catch(() => undefined);
  throw new TypeError(`${what} gives its answer at once, not a promise`);
}
