import type { CloseRecord } from "@plyws/connection";
import type { MessageData } from "./events.ts";

/** What transports tell their owners: one object for all of them. None of its methods may throw. */
export interface TransportEvents<Owner> {
  message(owner: Owner, data: MessageData, isText: boolean): void;
  piece(owner: Owner, data: Uint8Array, isText: boolean, last: boolean): void;
  /** What was queued is below the low-water mark again. */
  drain(owner: Owner): void;
  /** Nothing more can be sent. */
  ending(owner: Owner): void;
  closed(owner: Owner, record: CloseRecord): void;
}
