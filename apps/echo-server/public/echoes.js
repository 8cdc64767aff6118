// What was sent and has not come back yet, so that an echo can be compared with it.

/** @typedef {{ data: string | File, at: number }} Sent at: when, by performance.now() */

// A server that never answers must not make the page keep everything.
const KEPT = 1000;

export class Outstanding {
  /** Oldest first. @type {Sent[]} */
  #sent = [];

  /** @param {string | File} data */
  add(data) {
    this.#sent.push({ data, at: performance.now() });
    if (this.#sent.length > KEPT) this.#sent.shift();
  }

  /**
   * Takes out what a received message is the echo of: the same text, or the oldest file, whose octets are still to be
   * compared. Null when there is none.
   * @param {string | Blob} received
   */
  take(received) {
    const found = this.#sent.findIndex(({ data }) =>
      typeof received === "string" ? data === received : typeof data !== "string",
    );
    return found < 0 ? null : (this.#sent.splice(found, 1)[0] ?? null);
  }

  clear() {
    this.#sent.length = 0;
  }
}

/**
 * @param {Blob} one
 * @param {Blob} other
 */
export async function sameOctets(one, other) {
  if (one.size !== other.size) return false;
  const [left, right] = await Promise.all([one.arrayBuffer(), other.arrayBuffer()]);
  const expected = new Uint8Array(left);
  const actual = new Uint8Array(right);
  return expected.every((octet, index) => octet === actual[index]);
}
