import type { CloseRecord } from "@plyws/node";

/** What the exit code of `plyws` says. */
export const Exit = {
  /** Everything as it should be: a connection was closed in good order. */
  Ok: 0,
  /** There is no connection: refused, unknown, not accepted, or a port that cannot be opened. */
  NoConnection: 1,
  /** The command line is wrong. */
  Mistake: 2,
  /** A connection was lost, failed, or closed by the peer with a code that tells of a problem. */
  Abnormal: 3,
  /** Ended at once by a second Ctrl-C. */
  Interrupted: 130,
} as const;

/** Ends a command with an exit code and a text for people. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exit: number;

  constructor(exit: number, message: string) {
    super(message);
    this.exit = exit;
  }
}

/** The command line is wrong. */
export class Mistake extends Failure {
  constructor(message: string) {
    super(Exit.Mistake, message);
  }
}

/** Close codes by which nothing went wrong: normal, going away, and none at all. */
const GOOD_CODES: readonly number[] = [1000, 1001, 1005];

/** The exit code for the end of a connection. Whoever closes it here knows why, whatever the code. */
export function exitOf({ clean, error, initiator, code }: CloseRecord): number {
  const good = clean && error === null && (initiator === "local" || GOOD_CODES.includes(code));
  return good ? Exit.Ok : Exit.Abnormal;
}
