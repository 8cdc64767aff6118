import type { MessagePlan } from "../plans.ts";
import { encodeMessage, makePayload } from "./frames.ts";

/** How many different messages a load has, if they are small: the same again and again would compress too well. */
const VARIETY = 32;

/** How many octets the different messages take together, at most, if there is more than one. */
const ROOM = 4 * 1024 * 1024;

/** The messages of a load one after another, ready to be written; after the last comes the first again. */
export class PreparedMessages {
  readonly payloads: readonly Buffer[];
  readonly #octets: Buffer;
  /** Where each message begins in the octets, and where the last one ends. */
  readonly #starts: Float64Array;

  /** @param most how many are taken at a time, at most */
  constructor(plan: MessagePlan, most: number) {
    const variety = Math.max(1, Math.min(VARIETY, Math.floor(ROOM / Math.max(1, plan.size))));
    this.payloads = Array.from({ length: variety }, (_, seed) => makePayload(plan, seed));
    const encoded = this.payloads.map((payload) => encodeMessage(plan, payload));
    // So many that a batch never has to go on at the beginning.
    const messages = Array.from({ length: variety + most - 1 }, (_, index) => encoded[index % variety]!);
    this.#starts = new Float64Array(messages.length + 1);
    for (const [index, { length }] of messages.entries()) {
      this.#starts[index + 1] = this.#starts[index]! + length;
    }
    this.#octets = messages.length === 1 ? messages[0]! : Buffer.concat(messages);
  }

  /** The octets of `count` messages, beginning with the one of this number in the endless sequence. */
  take(next: number, count: number): Buffer {
    const first = next % this.payloads.length;
    return this.#octets.subarray(this.#starts[first], this.#starts[first + count]);
  }
}
