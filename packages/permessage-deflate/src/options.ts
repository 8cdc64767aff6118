import { type Contexts, contextsOf } from "./contexts.ts";
import type { DeflateEngine } from "./engine.ts";
import type { DeflateSettings } from "./settings.ts";

/** Options of {@link ServerDeflate} and {@link ClientDeflate}. */
export interface DeflateOptions {
  /** What compresses: `zlibEngine()` of `./node`, or `portableEngine()` of `./portable`. */
  readonly engine: DeflateEngine;
  /**
   * The fewest octets that a message has to have to be compressed, when the application has not decided for it; 0 and up,
   * `Infinity` for none. Default 256.
   */
  readonly threshold?: number | undefined;
  /** How hard to look for repetitions: 1 (fast) to 9 (small). Default 3. */
  readonly level?: number | undefined;
  /**
   * The server compresses each message alone. `false`: it may refer to those before, which makes similar messages much
   * smaller, and keeps memory for each connection. Default true.
   */
  readonly serverNoContextTakeover?: boolean | undefined;
  /** As {@link serverNoContextTakeover}, for what the client sends. Default true. */
  readonly clientNoContextTakeover?: boolean | undefined;
  /** The server refers back at most 2^n octets, 9 to 15. Default 15. */
  readonly serverMaxWindowBits?: number | undefined;
  /** The client refers back at most 2^n octets, 9 to 15. Default 15. */
  readonly clientMaxWindowBits?: number | undefined;
}

/** Options with their defaults, checked except for what the negotiation checks itself. */
export interface CompleteOptions {
  readonly contexts: Contexts;
  readonly threshold: number;
  readonly settings: DeflateSettings;
}

/** @throws RangeError */
export function completeOptions(options: DeflateOptions): CompleteOptions {
  const { engine, threshold = 256, level = 3 } = options;
  if (!(threshold >= 0)) {
    throw new RangeError(`threshold is ${threshold}; it has to be a number of octets, 0 or more`);
  }
  if (!(Number.isInteger(level) && level >= 1 && level <= 9)) {
    throw new RangeError(`level is ${level}; it has to be an integer from 1 to 9`);
  }
  return {
    contexts: contextsOf(engine, level),
    threshold,
    settings: {
      serverNoContextTakeover: options.serverNoContextTakeover ?? true,
      clientNoContextTakeover: options.clientNoContextTakeover ?? true,
      serverMaxWindowBits: options.serverMaxWindowBits,
      clientMaxWindowBits: options.clientMaxWindowBits,
      minWindowBits: engine.minWindowBits,
    },
  };
}
