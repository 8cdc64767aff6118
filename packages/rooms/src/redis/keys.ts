/** The names of what is kept in Redis. All of one room share a hash tag, and so a node of a cluster. */
export class Keys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The stream of the messages. */
  log(room: string): string {
    return `${this.#room(room)}:log`;
  }

  /** The hash of who is present: `fieldOf` the process and the member, to what is said of the member. */
  members(room: string): string {
    return `${this.#room(room)}:members`;
  }

  /** The id of the message that was published with this text. */
  once(room: string, once: string): string {
    return `${this.#room(room)}:once:${once}`;
  }

  /** The channel of what happens. */
  channel(room: string): string {
    return `${this.#room(room)}:live`;
  }

  /** Is there as long as the process lives. */
  process(id: string): string {
    return `${this.#prefix}process:${id}`;
  }

  #room(room: string): string {
    return `${this.#prefix}{${encodeURIComponent(room)}}`;
  }
}
