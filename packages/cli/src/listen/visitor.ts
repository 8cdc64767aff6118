import type { ConnectionRequest } from "@plyws/node";

/** Who is on the other side of a connection of the server. */
export interface Visitor {
  /** Counts connections, from 1 on. */
  readonly id: number;
  readonly request: ConnectionRequest;
}
