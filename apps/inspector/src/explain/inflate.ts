import { ProtocolError } from "@plyws/frame";
import type { Inflater } from "@plyws/permessage-deflate";
import { portableEngine } from "@plyws/permessage-deflate/portable";
import { MAX_INFLATED, MAX_INFLATED_MESSAGE } from "../limits.ts";

/** What was agreed on for the messages of one side: RFC 7692 section 7.1. */
export interface Compression {
  /** Every message starts with an empty window. */
  readonly noContextTakeover: boolean;
  /** References go back at most 2^n octets: 8 to 15. */
  readonly windowBits: number;
}

export interface Inflated {
  /** What the message holds, up to the limit; what could be inflated before a fault. */
  readonly octets: Uint8Array;
  /** How many octets it has in all, as far as it was inflated. */
  readonly size: number;
  /** Why the payload is no compressed message, null when it is one. */
  readonly fault: string | null;
}

/** Inflates the messages of one side in order: later ones may refer to earlier ones. */
export class MessageInflater {
  readonly #compression: Compression;
  #inflater: Inflater | null = null;
  /** How many octets may still come out. */
  #budget = MAX_INFLATED;
  #lost: string | null = null;

  constructor(compression: Compression) {
    this.#compression = compression;
  }

  /**
   * The next message.
   *
   * @param payload of all of its fragments that are there
   * @param complete whether that is all of them
   * @returns why it cannot be inflated, when it is not its own fault
   */
  inflate(payload: Uint8Array, complete: boolean): Inflated | string {
    if (this.#lost !== null) return this.#lost;
    const inflater = this.#open();
    const kept: Uint8Array[] = [];
    let keptSize = 0;
    let size = 0;
    let failure: string | null = null;
    try {
      inflater.write(payload, complete);
      while (inflater.pending && this.#budget > 0) {
        const piece = inflater.read();
        size += piece.length;
        this.#budget -= piece.length;
        if (keptSize === MAX_INFLATED_MESSAGE) continue;
        // Pieces are on loan.
        kept.push(piece.slice(0, MAX_INFLATED_MESSAGE - keptSize));
        keptSize += kept.at(-1)?.length ?? 0;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      failure = detailOf(error);
    }
    if (this.#budget <= 0)
      this.#lose("the messages before inflate to more than the page is willing to keep up with");
    else if (this.#compression.noContextTakeover) inflater.reset();
    else if (failure !== null) this.#lose("it may refer to an earlier message, which could not be inflated");
    else if (!complete) this.#lose("it may refer to an earlier message, which was not finished");
    return { octets: concat(kept, keptSize), size, fault: failure };
  }

  #open(): Inflater {
    const { windowBits } = this.#compression;
    this.#inflater ??= portableEngine().createInflater({ windowBits });
    return this.#inflater;
  }

  #lose(why: string): void {
    this.#lost = why;
    this.#inflater?.close();
  }
}

/** What zlib says, without what the page says itself. */
function detailOf({ message }: ProtocolError): string {
  return /inflated: (.+) \(RFC/.exec(message)?.[1] ?? "it cannot be inflated";
}

export function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
