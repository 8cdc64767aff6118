/** One parameter: name and value, or true when it has none. A quoted value comes without its quotes. */
export type ExtensionParameter = readonly [name: string, value: string | true];

/** An element of Sec-WebSocket-Extensions, offered or accepted: what `@plyws/handshake` reads and writes. */
export interface Extension {
  readonly name: string;
  readonly params: readonly ExtensionParameter[];
}

/** RFC 7692 section 7: the registered name. */
export const EXTENSION_NAME = "permessage-deflate";

/** RFC 7692 section 7.1.2: the window of 32,768 octets that holds when no parameter limits it. */
export const MAX_WINDOW_BITS = 15;

/** What both sides agreed on: nothing is left open. */
export interface DeflateParameters {
  /** The server starts every message with an empty window. */
  readonly serverNoContextTakeover: boolean;
  /** The client starts every message with an empty window. */
  readonly clientNoContextTakeover: boolean;
  /** References of the server go back at most 2^n octets: 8 to 15. */
  readonly serverMaxWindowBits: number;
  /** References of the client go back at most 2^n octets: 8 to 15. */
  readonly clientMaxWindowBits: number;
}

/** The parameters that a response names. */
export interface DeflateResponse {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15, null when it is not named. */
  readonly serverMaxWindowBits: number | null;
  /** 8 to 15, null when it is not named. */
  readonly clientMaxWindowBits: number | null;
}

/** The parameters that an offer names. */
export interface DeflateOffer extends Omit<DeflateResponse, "clientMaxWindowBits"> {
  /** 8 to 15, true when it is named without a value, null when it is not named. */
  readonly clientMaxWindowBits: number | true | null;
}

/**
 * Reads the parameters of an offer.
 *
 * @returns null when RFC 7692 section 7.1 wants the offer declined: a name that is unknown or there twice, a value
 *   where none belongs, none where one does, or one that is not 8 to 15 in decimal without leading zeros.
 */
export function parseOffer(params: readonly ExtensionParameter[]): DeflateOffer | null {
  // RFC 7692 section 7.1: more than one parameter with the same name.
  const named = new Map(params);
  if (named.size < params.length) return null;
  let serverNoContextTakeover = false;
  let clientNoContextTakeover = false;
  let serverMaxWindowBits: number | null = null;
  let clientMaxWindowBits: number | true | null = null;
  for (const [name, value] of named) {
    switch (name) {
      // RFC 7692 sections 7.1.1.1 and 7.1.1.2: neither has a value.
      case "server_no_context_takeover":
        if (value !== true) return null;
        serverNoContextTakeover = true;
        break;
      case "client_no_context_takeover":
        if (value !== true) return null;
        clientNoContextTakeover = true;
        break;
      // RFC 7692 section 7.1.2.1: always has a value.
      case "server_max_window_bits":
        if (!isWindowBits(value)) return null;
        serverMaxWindowBits = Number(value);
        break;
      // RFC 7692 section 7.1.2.2: may have a value.
      case "client_max_window_bits":
        if (value !== true && !isWindowBits(value)) return null;
        clientMaxWindowBits = value === true ? true : Number(value);
        break;
      // RFC 7692 section 7.1: a parameter that is not defined.
      default:
        return null;
    }
  }
  return { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits };
}

/**
 * Reads the parameters of a response: as those of an offer, but `client_max_window_bits` has a value there.
 *
 * @returns null when RFC 7692 section 7.1 wants the connection failed
 */
export function parseResponse(params: readonly ExtensionParameter[]): DeflateResponse | null {
  const named = parseOffer(params);
  if (named === null) return null;
  const { clientMaxWindowBits } = named;
  // RFC 7692 section 7.1.2.2: "client_max_window_bits" in a response has a value.
  return clientMaxWindowBits === true ? null : { ...named, clientMaxWindowBits };
}

/** The largest window that the client of an offer will use, null when it cannot be told to use a smaller one than 15. */
export function clientLimitOf({ clientMaxWindowBits }: DeflateOffer): number | null {
  return clientMaxWindowBits === true ? MAX_WINDOW_BITS : clientMaxWindowBits;
}

/** An offer or a response as an element of Sec-WebSocket-Extensions. */
export function toExtension(named: DeflateOffer): Extension {
  const params: ExtensionParameter[] = [];
  if (named.serverNoContextTakeover) params.push(["server_no_context_takeover", true]);
  if (named.clientNoContextTakeover) params.push(["client_no_context_takeover", true]);
  if (named.serverMaxWindowBits !== null) {
    params.push(["server_max_window_bits", String(named.serverMaxWindowBits)]);
  }
  if (named.clientMaxWindowBits !== null) {
    const bits = named.clientMaxWindowBits;
    params.push(["client_max_window_bits", bits === true ? true : String(bits)]);
  }
  return { name: EXTENSION_NAME, params };
}

/** RFC 7692 section 7.1.2: 8 to 15 in decimal without leading zeros. */
function isWindowBits(value: string | true): value is string {
  return value !== true && /^(?:[89]|1[0-5])$/.test(value);
}
