import type { BackplaneEvents } from "../backplane.ts";
import type { Keys } from "./keys.ts";

/** What the rooms of a process have in common. */
export interface Context<Info> {
  /** The name of this process. */
  readonly process: string;
  readonly keys: Keys;
  /** How long what is in Redis is kept after the last change, in milliseconds. */
  readonly keepFor: number;
  readonly events: BackplaneEvents<Info>;
}
