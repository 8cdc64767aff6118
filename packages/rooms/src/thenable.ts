/** Whether something can be awaited. */
export function isThenable<Value = unknown>(value: unknown): value is PromiseLike<Value> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
