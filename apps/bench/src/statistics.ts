/** The middle of some numbers, or the mean of the two in the middle; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}

/** The number at or below which a share of them are, of numbers in ascending order; NaN of none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The median of the ratios of numbers that belong together; what is missing on either side is left out. */
export function medianRatio(
  numerators: readonly (number | null)[],
  denominators: readonly (number | null)[],
): number {
  const ratios = numerators.flatMap((numerator, index) => {
    const denominator = denominators[index] ?? null;
    return numerator === null || denominator === null ? [] : [numerator / denominator];
  });
  return ratios.length === 0 ? Number.NaN : median(ratios);
}

/** Each of the items in turn, beginning with another one in every round. */
export function rotated<Item>(items: readonly Item[], round: number): Item[] {
  const first = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
