import {
  clientLimitOf,
  type DeflateOffer,
  type DeflateParameters,
  type DeflateResponse,
  EXTENSION_NAME,
  type Extension,
  MAX_WINDOW_BITS,
  parseOffer,
  toExtension,
} from "./parameters.ts";
import { completeSettings, type DeflateSettings } from "./settings.ts";

/**
 * What a server wants. Its own window (`serverMaxWindowBits`) is `minWindowBits` to 15, what it wants of clients
 * (`clientMaxWindowBits`) 9 to 15.
 */
export interface DeflatePolicy extends DeflateSettings {
  /** False: neither side keeps a window between messages, because there is no memory left for one. Default true. */
  readonly mayKeepContexts?: boolean | undefined;
}

/** What a server answers, and what it means. */
export interface DeflateAnswer {
  /** To be sent in the response, among the other extensions that are accepted. */
  readonly extension: Extension;
  readonly parameters: DeflateParameters;
}

/**
 * Answers the first offer of permessage-deflate that can be met: RFC 7692 section 5.1. Other extensions are passed
 * over; so are offers that are malformed, or that ask for a smaller window than our deflater can keep to.
 *
 * A client that does not offer `client_max_window_bits` cannot be told to use a smaller window. Where the policy wants
 * one, such a client is told to keep none between messages, so that no connection retains more than the policy allows.
 *
 * @param offers in the client's order of preference
 * @returns null when there is none to accept: the connection is then opened without compression
 * @throws RangeError when a number of the policy is not within its range, whatever the offers
 *
 * @example
 * ```ts
 * const offers = [{ name: "permessage-deflate", params: [["client_max_window_bits", true]] }] as const;
 * const answer = answerOffers(offers, { clientMaxWindowBits: 12, minWindowBits: 9 });
 * console.log(answer?.extension.params); // → [ [ 'client_max_window_bits', '12' ] ]
 * console.log(answer?.parameters.serverMaxWindowBits); // → 15
 * ```
 */
export function answerOffers(offers: readonly Extension[], policy: DeflatePolicy): DeflateAnswer | null {
  const wanted = completeSettings("server", policy);
  for (const { name, params } of offers) {
    const offer = name === EXTENSION_NAME ? parseOffer(params) : null;
    if (offer === null) continue;
    // RFC 7692 section 7.1.2.1: an offer whose window is too small for us is declined.
    if ((offer.serverMaxWindowBits ?? MAX_WINDOW_BITS) < policy.minWindowBits) continue;
    const parameters = agreeOn(offer, wanted, policy.mayKeepContexts ?? true);
    return { extension: toExtension(responseTo(offer, parameters)), parameters };
  }
  return null;
}

function agreeOn(
  offer: DeflateOffer,
  wanted: DeflateParameters,
  mayKeepContexts: boolean,
): DeflateParameters {
  const clientLimit = clientLimitOf(offer);
  // RFC 7692 section 7.1.2.2: such a client must not be sent "client_max_window_bits".
  const isUnlimited = clientLimit === null && wanted.clientMaxWindowBits < MAX_WINDOW_BITS;
  return {
    // RFC 7692 section 7.1.1.1: what was offered is accepted, and what was not may be added.
    serverNoContextTakeover:
      offer.serverNoContextTakeover || wanted.serverNoContextTakeover || !mayKeepContexts,
    // RFC 7692 section 7.1.1.2: likewise; the client keeps to what it offers, whatever is answered.
    clientNoContextTakeover:
      offer.clientNoContextTakeover || wanted.clientNoContextTakeover || !mayKeepContexts || isUnlimited,
    // RFC 7692 section 7.1.2.1: the value of the offer, or a smaller one.
    serverMaxWindowBits: Math.min(offer.serverMaxWindowBits ?? MAX_WINDOW_BITS, wanted.serverMaxWindowBits),
    // RFC 7692 section 7.1.2.2: likewise.
    clientMaxWindowBits:
      clientLimit === null ? MAX_WINDOW_BITS : Math.min(clientLimit, wanted.clientMaxWindowBits),
  };
}

function responseTo(offer: DeflateOffer, parameters: DeflateParameters): DeflateResponse {
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  // RFC 7692 section 7.1.2.1: an answer to an offer with the parameter has it, any other answer may have it.
  const namesServerBits = offer.serverMaxWindowBits !== null || serverMaxWindowBits < MAX_WINDOW_BITS;
  return {
    ...parameters,
    serverMaxWindowBits: namesServerBits ? serverMaxWindowBits : null,
    // RFC 7692 section 7.1.2.2: absent, it means 15.
    clientMaxWindowBits: clientMaxWindowBits < MAX_WINDOW_BITS ? clientMaxWindowBits : null,
  };
}
