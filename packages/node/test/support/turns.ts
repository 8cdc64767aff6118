import { setTimeout as delay } from "node:timers/promises";

/** Enough time for what was written to be read by the other side of this process. */
export const settle = (): Promise<void> => delay(2);

/** Waits until something is so; it has to become so within ten seconds. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Not within ten seconds: ${what}`);
    await delay(2);
  }
}

/** Runs something for every item, a few at a time. */
export async function forEach<Item>(
  items: readonly Item[],
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const work = async (): Promise<void> => {
    for (const item of queue) await run(item);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}
