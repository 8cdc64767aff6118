import type { ConnectOptions } from "../client.ts";
import { isIterable, toString, toStrings } from "./convert.ts";

/** What `new WebSocket` takes in place of the subprotocols. Browsers know none of it. */
export interface WebSocketInit extends Omit<ConnectOptions, "subprotocols" | "signal"> {
  /** Subprotocols in order of preference. Default none. */
  readonly protocols?: string | Iterable<string> | undefined;
}

/** The second argument of `new WebSocket`: a subprotocol, several, or options. */
export function toInit(given: string | Iterable<string> | WebSocketInit): {
  subprotocols: string[];
  options: ConnectOptions;
} {
  if (isIterable(given)) return { subprotocols: toStrings(given), options: {} };
  if (typeof given !== "object" || given === null) return { subprotocols: [toString(given)], options: {} };
  const { protocols = [], ...options } = given;
  return { subprotocols: toInit(protocols).subprotocols, options };
}
