import type { User } from "../protocol/answers.ts";
import type { RequestOf } from "../protocol/requests.ts";

/** Who somebody is, once that is known. */
export interface Identified {
  readonly user: User;
  /** Guests get a key, to be the same person when they come again. */
  readonly key?: string;
  /** When that ends, in milliseconds since 1970. */
  readonly until?: number;
}

/** How people say who they are. */
export interface Identity {
  /**
   * @param admit called before somebody new is made; throws a ChatError when that is too much
   * @throws ChatError when the answer is no
   */
  identify(hello: RequestOf<"hello">, admit: () => void): Promise<Identified>;
}
