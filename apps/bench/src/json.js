/**
 * JSON of exactly `size` octets as applications send it: the same keys again and again, values that differ.
 *
 * @param {number} size
 * @param {number} seed
 * @returns {string}
 */
export function makeJson(size, seed) {
  /** @type {string[]} */
  const records = [];
  let length = 0;
  for (let value = seed * 1000 + 1; length < size; ) {
    // A linear congruential generator: the same on every run.
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    const record = JSON.stringify({
      id: value,
      name: `user${value % 1000}`,
      active: value % 2 === 0,
      tags: ["alpha", "beta", `t${value % 50}`],
      score: (value % 10_000) / 100,
      at: `2026-11-${10 + (value % 20)}T12:00:00Z`,
    });
    records.push(record);
    length += record.length + 1;
  }
  // Cut off, as a text has to be neither whole nor parsed here.
  return records.join(",").padEnd(size, " ").slice(0, size);
}
