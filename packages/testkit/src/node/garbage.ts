import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Lets go of everything that nothing refers to any more. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  if (typeof gc !== "function") throw new Error("no garbage collector to call");
  // What a WeakRef has shown stays alive until the end of the turn.
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
}
