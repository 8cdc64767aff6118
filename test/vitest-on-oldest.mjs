// vitest asks for a newer Node than 20.19. This is all that it misses there; its workers run without it.

/**
 * @param {Iterable<unknown>} items
 * @param {(item: unknown, index: number) => unknown} keyOf
 */
function groupBy(items, keyOf) {
  const groups = new Map();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

if (!("groupBy" in Map)) Object.assign(Map, { groupBy });
await import(new URL("../node_modules/vitest/vitest.mjs", import.meta.url).href);
