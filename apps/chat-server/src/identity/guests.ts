import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { User } from "../protocol/answers.ts";
import { ChatError } from "../protocol/errors.ts";
import { foldName, toName } from "../protocol/names.ts";
import type { RequestOf } from "../protocol/requests.ts";
import { LIMITS } from "../protocol/version.ts";
import type { People, Person } from "../storage/store.ts";
import type { Identified, Identity } from "./identity.ts";

const UNUSED_MS = 30 * 24 * 3600 * 1000;

/**
 * People without an account: whoever comes first has the name, and a key that proves it from then on. A name that
 * nobody has used for thirty days is free again; a name that somebody gives up, not before.
 */
export class Guests implements Identity {
  readonly #people: People;

  constructor(people: People) {
    this.#people = people;
  }

  async identify({ name: typed = "", key }: RequestOf<"hello">, admit: () => void): Promise<Identified> {
    const known = key === undefined ? null : await this.#known(key);
    const name = typed === "" && known !== null ? known.name : toName(typed);
    if (name === null) {
      throw new ChatError("name_invalid", "A name has 1 to 32 letters, digits, spaces and . - _ '");
    }
    if (known !== null && key !== undefined) return { user: await this.#claim({ ...known, name }), key };
    admit();
    const secret = randomBytes(24).toString("base64url");
    const id = randomBytes(9).toString("base64url");
    const user = await this.#claim({ id, name, keyHash: hash(secret) });
    return { user, key: `${id}.${secret}` };
  }

  async #claim(person: Person): Promise<User> {
    const { id, name } = person;
    const outcome = await this.#people.claim(person, foldName(name), Date.now() - UNUSED_MS, LIMITS.names);
    if (outcome === "claimed") return { id, name };
    if (outcome === "taken") throw new ChatError("name_taken", "Somebody else has this name.");
    throw new ChatError("too_many_names", `You have ${LIMITS.names} names already: take one of them again.`);
  }

  /** A key that nobody knows is no mistake: the storage may be a new one. */
  async #known(key: string): Promise<Person | null> {
    const [id = "", secret = ""] = key.split(".");
    const person = await this.#people.find(id);
    if (person === null || person.keyHash === "") return null;
    const same = timingSafeEqual(Buffer.from(person.keyHash), Buffer.from(hash(secret)));
    return same ? person : null;
  }
}

function hash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
