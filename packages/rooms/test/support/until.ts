import { setTimeout as delay } from "node:timers/promises";

const LIMIT_MS = 30_000;

/** Waits until something is so, which it has to become: the limit is far from what it takes. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not within ${LIMIT_MS / 1000} seconds: ${what}`);
    await delay(5);
  }
}
