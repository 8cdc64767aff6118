import { type DeflateParameters, MAX_WINDOW_BITS } from "./parameters.ts";

/** What one side wants of an agreement. It may come out stricter, never laxer. */
export interface DeflateSettings {
  /** The server keeps no window between messages. Default false. */
  readonly serverNoContextTakeover?: boolean | undefined;
  /** The client keeps no window between messages. Default false. */
  readonly clientNoContextTakeover?: boolean | undefined;
  /** The largest window of the server, as the exponent of two. Default 15. */
  readonly serverMaxWindowBits?: number | undefined;
  /** The largest window of the client, as the exponent of two. Default 15. */
  readonly clientMaxWindowBits?: number | undefined;
  /** The smallest window that our deflater can keep to, 8 to 15: `minWindowBits` of the engine. */
  readonly minWindowBits: number;
}

/** zlib, which most peers use, has no window of 2^8 octets for raw streams. */
const MIN_DEMAND = 9;

/**
 * Fills in the defaults. The window of our own side is at least what our deflater can keep to. That of the peer is at
 * least 9: RFC 7692 allows to ask for 8, but some peers decline that or fail.
 *
 * @throws RangeError when a number is not an integer within its range
 */
export function completeSettings(role: "server" | "client", settings: DeflateSettings): DeflateParameters {
  const {
    serverNoContextTakeover = false,
    clientNoContextTakeover = false,
    serverMaxWindowBits = MAX_WINDOW_BITS,
    clientMaxWindowBits = MAX_WINDOW_BITS,
    minWindowBits,
  } = settings;
  checkBits("minWindowBits", minWindowBits, 8);
  checkBits("serverMaxWindowBits", serverMaxWindowBits, role === "server" ? minWindowBits : MIN_DEMAND);
  checkBits("clientMaxWindowBits", clientMaxWindowBits, role === "client" ? minWindowBits : MIN_DEMAND);
  return { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits };
}

/** @throws RangeError when it is not an integer from the least to 15 */
export function checkBits(name: string, bits: number, least: number): void {
  if (Number.isInteger(bits) && bits >= least && bits <= MAX_WINDOW_BITS) return;
  throw new RangeError(`${name} is ${bits}; it has to be an integer from ${least} to ${MAX_WINDOW_BITS}`);
}
