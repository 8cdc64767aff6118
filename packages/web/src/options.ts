/** What all connections can be told. */
export interface ConnectionLimits {
  /**
   * The largest message that is accepted, in octets: whole, and inflated if it was compressed. A larger one fails the
   * connection with 1009. Default 1 MiB as a server, 16 MiB as a client.
   */
  readonly maxMessageSize?: number | undefined;
  /**
   * How much may wait for a peer that does not read, in octets, before the next message fails the connection with 1013.
   * Default 16 MiB.
   */
  readonly maxBufferedAmount?: number | undefined;
  /**
   * How long the closing handshake and the end of the stream may take, in milliseconds, before both halves are given
   * up. Default 5000.
   */
  readonly closeTimeout?: number | undefined;
}

/** With the defaults. */
export type Limits = { readonly [Name in keyof ConnectionLimits]-?: number };

/** Above this many octets that wait `send` answers "buffered". */
export const HIGH_WATER_MARK = 65_536;
/** At or below this many `sendAsync` and `drained` go on. */
export const LOW_WATER_MARK = 16_384;

const MAX_TIMEOUT = 2_147_483_647;
const MIB = 1_048_576;

/** @throws RangeError when a limit is not within its range */
export function completeLimits(role: "client" | "server", limits: ConnectionLimits): Limits {
  return {
    maxMessageSize: checkWhole(
      "maxMessageSize",
      limits.maxMessageSize ?? (role === "server" ? MIB : 16 * MIB),
    ),
    maxBufferedAmount: checkWhole("maxBufferedAmount", limits.maxBufferedAmount ?? 16 * MIB),
    closeTimeout: checkTimeout("closeTimeout", limits.closeTimeout ?? 5000),
  };
}

/** @throws RangeError unless the value is a number of milliseconds that a timer can have */
export function checkTimeout(name: string, value: number): number {
  return checkWhole(name, value, MAX_TIMEOUT);
}

function checkWhole(name: string, value: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`${name} is a whole number from 0 to ${max}, not ${String(value)}`);
}
