import type { RoomsCounters, SlowPolicy } from "./options.ts";
import type { Membership, Room } from "./room.ts";
import { pass, type RoomSocket } from "./socket.ts";

/** RFC 6455, registry of close codes: try again later. */
const TRY_AGAIN_LATER = 1013;

/** What the delivery tells of members that do not get what is said. */
export interface DeliveryEvents<Socket> {
  slow(room: Room<Socket>, socket: Socket, action: "disconnected" | "dropped"): void;
  /** The socket is of no use any more. */
  ended(socket: Socket, reason: "closed" | "slow" | "failed"): void;
  failed(error: unknown): void;
}

/** Hands messages to sockets, and never waits for any. */
export class Delivery<Socket extends RoomSocket> {
  readonly counters: RoomsCounters = { published: 0, sent: 0, dropped: 0, disconnected: 0 };
  readonly #events: DeliveryEvents<Socket>;
  readonly #maxBufferedAmount: number;

  constructor(events: DeliveryEvents<Socket>, maxBufferedAmount: number) {
    this.#events = events;
    this.#maxBufferedAmount = maxBufferedAmount;
  }

  /** Hands one message to one member. */
  send(room: Room<Socket>, { socket }: Membership<Socket>, message: unknown, policy: SlowPolicy): void {
    // Not `<`: what is not a number does not make a member slow.
    if (policy !== "buffer" && (socket.bufferedAmount ?? 0) > this.#maxBufferedAmount) {
      this.#slow(room, socket, policy);
      return;
    }
    let failed = false;
    const fate = pass(socket, message, (error) => {
      failed = true;
      this.#events.failed(error);
      this.#events.ended(socket, "failed");
    });
    if (fate === "sent") this.counters.sent++;
    else if (fate === "dropped") this.#slow(room, socket, "drop");
    else if (!failed) this.#events.ended(socket, "closed");
  }

  #slow(room: Room<Socket>, socket: Socket, policy: "disconnect" | "drop"): void {
    this.counters.dropped++;
    if (policy === "drop") {
      this.#events.slow(room, socket, "dropped");
      return;
    }
    this.counters.disconnected++;
    this.#events.slow(room, socket, "disconnected");
    this.#events.ended(socket, "slow");
    try {
      socket.close?.(TRY_AGAIN_LATER, "too slow");
    } catch (error) {
      this.#events.failed(error);
    }
  }
}
