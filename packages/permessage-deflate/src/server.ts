import { answerOffers, type DeflateAnswer } from "./answer.ts";
import { Budget, contextMemory } from "./budget.ts";
import { type CompleteOptions, completeOptions, type DeflateOptions } from "./options.ts";
import type { Extension } from "./parameters.ts";
import { PermessageDeflate } from "./permessage-deflate.ts";

export interface ServerDeflateOptions extends DeflateOptions {
  /**
   * Octets that the contexts of all connections together may take. A connection whose contexts would go beyond it keeps
   * none, in neither direction, whatever the options. Default 64 MiB.
   */
  readonly maxContextMemory?: number | undefined;
}

/** What a server answers to a client, and what it then does to the messages. */
export interface AcceptedDeflate {
  /** To be named in the response. */
  readonly extension: Extension;
  /** To be disposed of when the connection is closed, or does not come about. */
  readonly transform: PermessageDeflate;
}

/**
 * permessage-deflate for all connections of a server. As long as neither side keeps its context, as by default, they
 * share a few contexts, and an idle connection takes no memory for compression.
 *
 * @example
 * ```ts
 * const deflate = new ServerDeflate({ engine: zlibEngine() });
 * const accepted = deflate.accept([{ name: "permessage-deflate", params: [] }]);
 * console.log(accepted?.extension.params.length); // → 2
 * ```
 */
export class ServerDeflate {
  readonly #options: CompleteOptions;
  readonly #budget: Budget;

  /** @throws RangeError when an option is not within its range */
  constructor(options: ServerDeflateOptions) {
    const { maxContextMemory = 64 * 1024 * 1024 } = options;
    if (!(maxContextMemory >= 0)) {
      throw new RangeError(
        `maxContextMemory is ${maxContextMemory}; it has to be a number of octets, 0 or more`,
      );
    }
    this.#options = completeOptions(options);
    this.#budget = new Budget(maxContextMemory);
    // The negotiation checks the sizes of windows whatever is offered: now, not at the first client.
    answerOffers([], this.#options.settings);
  }

  /** How many octets the contexts of the connections may take at the moment: at most `maxContextMemory`. */
  get contextMemory(): number {
    return this.#budget.reserved;
  }

  /**
   * Answers what a client offers.
   *
   * @param offers all elements of its Sec-WebSocket-Extensions, in order
   * @returns null when there is no offer of permessage-deflate that can be met: messages are not compressed then
   */
  accept(offers: readonly Extension[]): AcceptedDeflate | null {
    const answer = answerOffers(offers, this.#options.settings);
    if (answer === null) return null;
    const memory = contextMemory(answer.parameters);
    if (this.#budget.reserve(memory)) return this.#create(answer, memory);
    const frugal = answerOffers(offers, { ...this.#options.settings, mayKeepContexts: false });
    return frugal === null ? null : this.#create(frugal, 0);
  }

  #create({ extension, parameters }: DeflateAnswer, memory: number): AcceptedDeflate {
    const { contexts, threshold } = this.#options;
    const onDispose = () => this.#budget.release(memory);
    const transform = new PermessageDeflate({ role: "server", parameters, contexts, threshold, onDispose });
    return { extension, transform };
  }
}
