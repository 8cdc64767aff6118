/** Does a task for each item, so many at a time, in the order of the items. Stops starting more when aborted. */
export async function eachOf<Item>(
  items: readonly Item[],
  concurrency: number,
  signal: AbortSignal | undefined,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (signal?.aborted) return;
      await task(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, items.length)) }, worker));
}
