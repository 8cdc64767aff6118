import type { Selection } from "../cases/select.ts";
import type { SessionSettings } from "./session.ts";

/** What decides how cases are run, against servers and clients alike. */
export interface CaseOptions extends Selection {
  /** How long the peer may take for what it has to do, in milliseconds. Default 2000. */
  readonly timeout?: number | undefined;
  /** Whether the series of 1000 compressed messages are sent in full, not only as many as 2 MiB hold. Default false. */
  readonly full?: boolean | undefined;
}

/** How far a run is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

const TIMEOUT = 2000;
const LONGEST_TIMEOUT = 3_600_000;
const VOLUME = 2 * 2 ** 20;

/** @throws RangeError unless `timeout` is from 1 to 3600000 */
export function sessionLimits({
  timeout = TIMEOUT,
  full = false,
}: CaseOptions): Pick<SessionSettings, "patience" | "volume"> {
  if (timeout >= 1 && timeout <= LONGEST_TIMEOUT) {
    return { patience: timeout, volume: full ? Number.POSITIVE_INFINITY : VOLUME };
  }
  throw new RangeError(`timeout is a number of milliseconds from 1 to ${LONGEST_TIMEOUT}, not ${timeout}`);
}
