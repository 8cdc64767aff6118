import { CloseCode, type CloseInfo } from "@plyws/frame";
import { type ConnectionState, type Occasion, TRANSITIONS, type Transition } from "./state.ts";

/** How a connection ended: what each side said, and what happened. */
export interface CloseRecord {
  /** The close code that the peer sent; 1005 when its Close frame had none, 1006 when it sent no Close frame. */
  readonly code: number;
  /** The reason that the peer sent; "" when there is none. */
  readonly reason: string;
  /** Whether both Close frames were exchanged (RFC 6455 section 7.1.4). */
  readonly clean: boolean;
  /** The Close frame that was received, or `null`. */
  readonly received: CloseInfo | null;
  /** The Close frame that was sent, or `null`. */
  readonly sent: CloseInfo | null;
  /** Who began: `local` by closing or by failing the connection, `remote` by a Close frame or by going away. */
  readonly initiator: "local" | "remote";
  /** Why, when it was not just closed: a `ProtocolError` of the peer, or what the transport or the application gave. */
  readonly error: Error | null;
}

/** How far a connection is on its way to the end, and what each side has said. */
export class Closing {
  state: ConnectionState = "open";
  received: CloseInfo | null = null;
  sent: CloseInfo | null = null;
  initiator: "local" | "remote" | null = null;
  error: Error | null = null;

  /** Follows the table of states. Returns what is to be done; `null` when the occasion changes nothing. */
  move(occasion: Occasion): Transition | null {
    const transition = TRANSITIONS[this.state][occasion];
    if (transition === undefined) return null;
    this.state = transition.next;
    return transition;
  }

  /** The record, at the end. */
  record(): CloseRecord {
    const { received, sent, initiator, error } = this;
    return {
      // RFC 6455 section 7.1.5: 1006 when no Close frame was received.
      code: received?.code ?? CloseCode.Abnormal,
      reason: received?.reason ?? "",
      clean: received !== null && sent !== null,
      received,
      sent,
      initiator: initiator ?? "remote",
      error,
    };
  }
}
