/** Which end of the connection this is: a client masks what it sends, a server does not (RFC 6455 section 5.1). */
export type Role = "client" | "server";

/**
 * - `open`: messages go both ways
 * - `closing`: our Close frame is sent, that of the peer is awaited; messages still come in
 * - `draining`: nothing more is said; octets that still come in are discarded until the stream ends
 * - `closed`: the stream has ended
 */
export type ConnectionState = "open" | "closing" | "draining" | "closed";

/** What can happen to a connection: `close` is called by the application, the others come from the peer. */
export type Occasion = "close" | "peerClose" | "violation" | "endOfStream";

/** What an occasion leads to. */
export interface Transition {
  readonly next: ConnectionState;
  /** Whether a Close frame is sent. */
  readonly sendClose: boolean;
  /** Who ends its half of the stream, after what is queued. */
  readonly end: Role | "both" | "nobody";
}

/**
 * Every way from one state to another, for both roles (RFC 6455 sections 5.5.1, 7.1.1 to 7.1.7). What is not in the
 * table changes nothing.
 *
 * ```text
 *            close                peerClose
 *   open ───────────► closing ───────────────► draining ──► closed
 *     │                  │                        ▲            ▲
 *     ├─ peerClose, violation ────────────────────┤            │
 *     │                  └─ violation ────────────┘            │
 *     └──────────────────────── endOfStream ───────────────────┘  (from every state)
 * ```
 */
export const TRANSITIONS: Readonly<Record<ConnectionState, Partial<Record<Occasion, Transition>>>> = {
  open: {
    close: { next: "closing", sendClose: true, end: "nobody" },
    // RFC 6455 section 5.5.1: answer with a Close frame; section 7.1.1: the server closes the stream first.
    peerClose: { next: "draining", sendClose: true, end: "server" },
    // RFC 6455 section 7.1.7: an endpoint that fails the connection sends a Close frame and closes the stream.
    violation: { next: "draining", sendClose: true, end: "both" },
    endOfStream: { next: "closed", sendClose: false, end: "both" },
  },
  closing: {
    peerClose: { next: "draining", sendClose: false, end: "server" },
    violation: { next: "draining", sendClose: false, end: "both" },
    endOfStream: { next: "closed", sendClose: false, end: "both" },
  },
  draining: {
    endOfStream: { next: "closed", sendClose: false, end: "both" },
  },
  closed: {},
};
