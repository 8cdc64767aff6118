/** How the waits between attempts grow. */
export interface Backoff {
  /** The longest that the first retry waits, in milliseconds. */
  readonly initialDelay: number;
  /** What the growth ends at, in milliseconds. */
  readonly maxDelay: number;
  /** How much longer each retry may wait than the one before; at least 1. */
  readonly factor: number;
}

/** A number in [0, 1). */
export type Random = () => number;

/** However the settings are, no server is asked more often than this, in milliseconds. */
export const SHORTEST_DELAY = 10;

/**
 * How long a retry waits, in whole milliseconds: anything from {@link SHORTEST_DELAY} up to a ceiling that grows, so
 * that clients which lost their server together do not come back together (RFC 6455 section 7.2.3).
 *
 * @param retries how many retries there were before this one
 */
export function backoffDelay(
  retries: number,
  { initialDelay, maxDelay, factor }: Backoff,
  random: Random,
): number {
  const ceiling = Math.min(maxDelay, initialDelay * factor ** retries);
  return Math.max(SHORTEST_DELAY, Math.floor(random() * ceiling));
}
