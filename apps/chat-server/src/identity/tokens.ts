import { createHash } from "node:crypto";
import { errors, type JWTPayload, jwtVerify } from "jose";
import { ChatError } from "../protocol/errors.ts";
import { foldName, toName } from "../protocol/names.ts";
import type { RequestOf } from "../protocol/requests.ts";
import type { People } from "../storage/store.ts";
import type { Identified, Identity } from "./identity.ts";

/**
 * People with a token (JWT, RFC 7519) that another program signs with the same secret: `sub` is who they are, `name`
 * how they are called, and `exp` when the token ends.
 */
export class Tokens implements Identity {
  readonly #people: People;
  readonly #secret: Uint8Array;

  constructor(people: People, secret: string) {
    this.#people = people;
    this.#secret = new TextEncoder().encode(secret);
  }

  async identify({ token }: RequestOf<"hello">): Promise<Identified> {
    if (token === undefined) throw new ChatError("unauthorized", "This server asks for a token.");
    const { sub, name: claimed, exp = 0 } = await this.#verify(token);
    const name = toName(typeof claimed === "string" ? claimed : (sub ?? ""));
    if (sub === undefined || name === null) throw new ChatError("name_invalid", "The token has no fit name.");
    // Whatever the other program uses as `sub` may be somebody's address of mail: others get to see only this.
    const id = createHash("sha256").update(`sub:${sub}`).digest("base64url").slice(0, 16);
    const outcome = await this.#people.claim({ id, name, keyHash: "" }, foldName(name), 0, 1);
    if (outcome !== "claimed") throw new ChatError("name_taken", "Somebody else has this name.");
    return { user: { id, name }, until: exp * 1000 };
  }

  async #verify(token: string): Promise<JWTPayload> {
    try {
      // The algorithm is ours to choose, never the token's.
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: ["HS256"],
        requiredClaims: ["sub", "exp"],
      });
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      const expired = error instanceof errors.JWTExpired;
      throw new ChatError("unauthorized", expired ? "The token has expired." : "The token is not valid.");
    }
  }
}
