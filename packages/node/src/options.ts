/** What server and client connections have in common. */
export interface ConnectionLimits {
  /** The largest message that is accepted, in octets. Default 1 MiB. */
  readonly maxMessageSize?: number | undefined;
  /**
   * How much may be queued for a peer that does not read, in octets. A connection on which more than this waits when
   * something else is sent is given up. Default 16 MiB.
   */
  readonly maxBufferedAmount?: number | undefined;
  /**
   * How long the closing handshake and the end of the stream may take, in milliseconds, before the socket is
   * destroyed. Default 5000.
   */
  readonly closeTimeout?: number | undefined;
}

/** Above this many queued octets `send` answers "buffered". */
export const HIGH_WATER_MARK = 65_536;
/** At or below this many queued octets a buffering connection reports `drain`. */
export const LOW_WATER_MARK = 16_384;

const MAX_TIMEOUT = 2_147_483_647;

/** @throws RangeError unless the value is a whole number from 0 to `max` */
export function checkWhole(name: string, value: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`${name} is a whole number from 0 to ${max}, not ${String(value)}`);
}

/** @throws RangeError unless the value is a number of milliseconds that a timer can have */
export function checkTimeout(name: string, value: number): number {
  return checkWhole(name, value, MAX_TIMEOUT);
}

/** The limits with their defaults filled in. */
export type Limits = { readonly [Name in keyof ConnectionLimits]-?: NonNullable<ConnectionLimits[Name]> };

/** @throws RangeError when a limit is not a whole number in its range */
export function resolveLimits(limits: ConnectionLimits): Limits {
  return {
    maxMessageSize: checkWhole("maxMessageSize", limits.maxMessageSize ?? 1_048_576),
    maxBufferedAmount: checkWhole("maxBufferedAmount", limits.maxBufferedAmount ?? 16_777_216),
    closeTimeout: checkTimeout("closeTimeout", limits.closeTimeout ?? 5000),
  };
}
