// Every runtime that the packages run in has this global; the types of none of them are assumed here.
declare const crypto: { getRandomValues(array: Int32Array): unknown };

const POOL_SIZE = 256;
const pool = new Int32Array(POOL_SIZE);
let next = POOL_SIZE;

/**
 * A masking key that no one can predict: the platform's strong random numbers, fetched 256 keys at a time because
 * each call costs a microsecond (RFC 6455 sections 5.3 and 10.3).
 */
export function randomMaskingKey(): number {
  if (next === POOL_SIZE) {
    crypto.getRandomValues(pool);
    next = 0;
  }
  const key = pool[next]!;
  pool[next++] = 0;
  return key;
}
