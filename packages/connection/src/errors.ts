/** A method was called at a moment when it makes no sense: the caller's fault, thrown at the call. */
export class StateError extends Error {
  override readonly name = "StateError";
}
