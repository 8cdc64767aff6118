import {
  clientLimitOf,
  type DeflateParameters,
  EXTENSION_NAME,
  type Extension,
  type ExtensionParameter,
  MAX_WINDOW_BITS,
  parseOffer,
  parseResponse,
  toExtension,
} from "./parameters.ts";
import { checkBits, completeSettings, type DeflateSettings } from "./settings.ts";

/**
 * What a client offers: RFC 7692 section 7.1. `client_max_window_bits` is always there, so that the server may ask for
 * a smaller window: without a value, or with our own limit where that is below 15.
 *
 * Its own window (`clientMaxWindowBits`) is `minWindowBits` to 15, what it wants of the server (`serverMaxWindowBits`)
 * 9 to 15. A server that cannot meet what is wanted declines: the connection is then opened without compression.
 *
 * @throws RangeError when a number of the settings is not within its range
 *
 * @example
 * ```ts
 * const offer = createOffer({ serverNoContextTakeover: true, minWindowBits: 9 });
 * console.log(offer.params.map(([name]) => name).join()); // → server_no_context_takeover,client_max_window_bits
 * ```
 */
export function createOffer(settings: DeflateSettings): Extension {
  const wanted = completeSettings("client", settings);
  const { serverMaxWindowBits, clientMaxWindowBits } = wanted;
  return toExtension({
    ...wanted,
    serverMaxWindowBits: serverMaxWindowBits < MAX_WINDOW_BITS ? serverMaxWindowBits : null,
    clientMaxWindowBits: clientMaxWindowBits < MAX_WINDOW_BITS ? clientMaxWindowBits : true,
  });
}

/**
 * What was agreed on when a server answers an offer with these parameters.
 *
 * @param offer what was offered, of {@link createOffer} or made by hand
 * @param minWindowBits the smallest window that our deflater can keep to, 8 to 15
 * @returns null when the response is malformed, does not fit the offer, or asks for a smaller window than our deflater
 *   can keep to: the client then has to fail the connection (RFC 7692 section 7.1)
 * @throws RangeError when the offer is not one of permessage-deflate, or minWindowBits not within its range
 *
 * @example
 * ```ts
 * const offer = createOffer({ minWindowBits: 9 });
 * console.log(checkResponse(offer, [["client_max_window_bits", "12"]], 9)?.clientMaxWindowBits); // → 12
 * console.log(checkResponse(offer, [["client_max_window_bits", "16"]], 9)); // → null
 * ```
 */
export function checkResponse(
  offer: Extension,
  params: readonly ExtensionParameter[],
  minWindowBits: number,
): DeflateParameters | null {
  checkBits("minWindowBits", minWindowBits, 8);
  const offered = offer.name === EXTENSION_NAME ? parseOffer(offer.params) : null;
  if (offered === null) throw new RangeError(`The offer is not a valid one of ${EXTENSION_NAME}`);
  const response = parseResponse(params);
  if (response === null) return null;
  // RFC 7692 section 7.1.1.1: a server that accepts the parameter includes it.
  if (offered.serverNoContextTakeover && !response.serverNoContextTakeover) return null;
  // RFC 7692 section 7.1.2.1: likewise, with the same or a smaller value; unasked, any value will do.
  const serverMaxWindowBits = response.serverMaxWindowBits ?? MAX_WINDOW_BITS;
  if (offered.serverMaxWindowBits !== null) {
    if (response.serverMaxWindowBits === null || serverMaxWindowBits > offered.serverMaxWindowBits)
      return null;
  }
  // RFC 7692 section 7.1.2.2: only when it was offered, with the same or a smaller value.
  const clientLimit = clientLimitOf(offered);
  if (response.clientMaxWindowBits !== null) {
    if (clientLimit === null || response.clientMaxWindowBits > clientLimit) return null;
  }
  // RFC 7692 section 7.1.2.2: unanswered, our own limit holds.
  const clientMaxWindowBits = response.clientMaxWindowBits ?? clientLimit ?? MAX_WINDOW_BITS;
  // RFC 7692 section 7.1: what we do not support fails the connection.
  if (clientMaxWindowBits < minWindowBits) return null;
  return {
    serverNoContextTakeover: response.serverNoContextTakeover,
    // RFC 7692 section 7.1.1.2: the server's word binds us, and so does our own, answered or not.
    clientNoContextTakeover: offered.clientNoContextTakeover || response.clientNoContextTakeover,
    serverMaxWindowBits,
    clientMaxWindowBits,
  };
}
