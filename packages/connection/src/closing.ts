import { CloseCode, type CloseInfo } from "@plyws/frame";
import type { CloseRecord } from "./handler.ts";
import { type ConnectionState, type Occasion, TRANSITIONS, type Transition } from "./state.ts";

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
