import { checkResponse, createOffer } from "./offer.ts";
import { type CompleteOptions, completeOptions, type DeflateOptions } from "./options.ts";
import { EXTENSION_NAME, type Extension } from "./parameters.ts";
import { PermessageDeflate } from "./permessage-deflate.ts";

/**
 * RFC 7692 section 7.1.2.2: a server may ask for any window of 8 and up. Where the engine cannot keep to it, messages
 * are sent without compression.
 */
const MIN_WINDOW_BITS = 8;

/**
 * permessage-deflate for any number of connections of a client. As long as neither side keeps its context, as by
 * default, they share a few contexts, and an idle connection takes no memory for compression.
 *
 * @example
 * ```ts
 * const deflate = new ClientDeflate({ engine: zlibEngine() });
 * console.log(deflate.offers[0]?.name); // → permessage-deflate
 * ```
 */
export class ClientDeflate {
  /** To be named in the request. */
  readonly offers: readonly [Extension];
  readonly #options: CompleteOptions;

  /** @throws RangeError when an option is not within its range */
  constructor(options: DeflateOptions) {
    this.#options = completeOptions(options);
    this.offers = [createOffer(this.#options.settings)];
  }

  /**
   * Takes what the server answered.
   *
   * @returns null when it is no answer to what was offered: the handshake has to fail (RFC 7692 section 7.1)
   */
  agree(extension: Extension): PermessageDeflate | null {
    if (extension.name !== EXTENSION_NAME) return null;
    const parameters = checkResponse(this.offers[0], extension.params, MIN_WINDOW_BITS);
    if (parameters === null) return null;
    const { contexts, threshold } = this.#options;
    return new PermessageDeflate({ role: "client", parameters, contexts, threshold });
  }
}
