/** Something that is flushed once a turn, however often it was marked. */
interface Flushable {
  flush(): void;
}

let dirty: Flushable[] = [];

/** Flushes it at the end of this turn of the event loop, after the promises that are ready now. */
export function markDirty(item: Flushable): void {
  if (dirty.push(item) === 1) process.nextTick(flushAll);
}

function flushAll(): void {
  const items = dirty;
  dirty = [];
  for (const item of items) item.flush();
}
