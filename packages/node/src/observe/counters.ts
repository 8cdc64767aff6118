/**
 * What went over one connection, or over all connections of a server, after the opening handshake. With TLS the octets
 * are those inside of it.
 */
export interface ConnectionCounters {
  /** Whole messages that arrived. One that is read in pieces counts at its end. */
  readonly messagesReceived: number;
  /** Messages that were queued for the peer. One that is sent in pieces counts at its end. */
  readonly messagesSent: number;
  /** Octets that were read from the stream: frames with their headers, control frames included. */
  readonly octetsReceived: number;
  /** Octets that were queued for the peer, frame headers and control frames included; some may still wait. */
  readonly octetsSent: number;
  /** Ping frames that arrived. */
  readonly pingsReceived: number;
  /** Ping frames that were queued for the peer, those of `pingInterval` included. */
  readonly pingsSent: number;
}

/** What a server has done since it was made. The other counters are sums over its connections, ended ones included. */
export interface ServerCounters extends ConnectionCounters {
  /** Requests that became a connection. */
  readonly opened: number;
  /** Connections that have ended. */
  readonly closed: number;
  /** Requests that were refused, by a rule, a limit, `accept` or because a function of the options failed. */
  readonly refused: number;
}

/** Counters that are counted on. */
export type Tally = { -readonly [Name in keyof ConnectionCounters]: number };

export function createTally(): Tally {
  return {
    messagesReceived: 0,
    messagesSent: 0,
    octetsReceived: 0,
    octetsSent: 0,
    pingsReceived: 0,
    pingsSent: 0,
  };
}

/** Adds the counters of one connection to a sum. */
export function addTo(sum: Tally, counters: ConnectionCounters): void {
  sum.messagesReceived += counters.messagesReceived;
  sum.messagesSent += counters.messagesSent;
  sum.octetsReceived += counters.octetsReceived;
  sum.octetsSent += counters.octetsSent;
  sum.pingsReceived += counters.pingsReceived;
  sum.pingsSent += counters.pingsSent;
}
