import type { ConnectOptions } from "../client.ts";
import { checkTimeout, checkWhole, resolveLimits } from "../options.ts";
import type { Backoff } from "./backoff.ts";
import type { QueueLimits } from "./queue.ts";
import type { AttemptEnd } from "./retry-policy.ts";

export interface ReconnectingOptions extends ConnectOptions {
  /**
   * The longest that the first retry waits, in milliseconds; each retry waits a random part of its ceiling.
   * Default 1000.
   */
  readonly initialDelay?: number | undefined;
  /** Where the ceiling stops growing, in milliseconds. Default 30000. */
  readonly maxDelay?: number | undefined;
  /** By how much the ceiling grows with every retry. At least 1, default 2. */
  readonly factor?: number | undefined;
  /**
   * How long a connection has to last, in milliseconds, for the retries to be counted from 0 again. Default 10000.
   */
  readonly stableAfter?: number | undefined;
  /** How many retries there are since the last stable connection, or the beginning. Default: no limit. */
  readonly maxRetries?: number | undefined;
  /**
   * Whether to try again. `byDefault` is what is decided without this function. When it throws, that holds, and the
   * error is a warning of the process.
   */
  readonly retry?: ((end: AttemptEnd, byDefault: boolean) => boolean) | undefined;
  /**
   * Keeps what is sent while there is no connection, within these limits: 1000 messages and 1 MiB unless they say
   * otherwise. Default: no queue.
   */
  readonly queue?: Partial<QueueLimits> | undefined;
  /** Closes the client with the code 1001 when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** The options of the client itself, with their defaults. */
export interface Settings extends Backoff {
  readonly stableAfter: number;
  readonly maxRetries: number;
  readonly retry: (end: AttemptEnd, byDefault: boolean) => boolean;
  readonly queue: QueueLimits;
  readonly handshakeTimeout: number;
}

/** @throws RangeError when an option is not in its range */
export function resolveSettings(options: ReconnectingOptions): Settings {
  resolveLimits(options);
  const { queue, factor = 2, maxRetries = Number.POSITIVE_INFINITY } = options;
  if (!(factor >= 1 && factor < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`factor is a number from 1, not ${String(factor)}`);
  }
  return {
    initialDelay: checkDelay("initialDelay", options.initialDelay ?? 1000),
    maxDelay: checkDelay("maxDelay", options.maxDelay ?? 30_000),
    factor,
    stableAfter: checkTimeout("stableAfter", options.stableAfter ?? 10_000),
    maxRetries: maxRetries === Number.POSITIVE_INFINITY ? maxRetries : checkWhole("maxRetries", maxRetries),
    retry: options.retry ?? ((_, byDefault) => byDefault),
    queue: {
      maxMessages: checkWhole("queue.maxMessages", queue === undefined ? 0 : (queue.maxMessages ?? 1000)),
      maxOctets: checkWhole("queue.maxOctets", queue?.maxOctets ?? 1_048_576),
    },
    handshakeTimeout: checkTimeout("handshakeTimeout", options.handshakeTimeout ?? 10_000),
  };
}

/** @throws RangeError also for 0: a client that does not wait is an attack on its server */
function checkDelay(name: string, value: number): number {
  if (value === 0) throw new RangeError(`${name} is not 0`);
  return checkTimeout(name, value);
}
