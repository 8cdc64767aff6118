import type { Contexts } from "./contexts.ts";
import { Incoming } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import type { DeflateParameters } from "./parameters.ts";

/** What a connection is made of, by `ServerDeflate` and `ClientDeflate`. */
export interface PermessageDeflateOptions {
  readonly role: "client" | "server";
  readonly parameters: DeflateParameters;
  readonly contexts: Contexts;
  /** The fewest octets of a message that is worth it. */
  readonly threshold: number;
  /** Called once, at the end. */
  readonly onDispose?: () => void;
}

/**
 * What permessage-deflate does to the messages of one connection (RFC 7692 section 7.2): the `extension` of a
 * `Connection` of `@plyws/connection`. {@link ServerDeflate} and {@link ClientDeflate} make it.
 *
 * Everything is synchronous, and output is bounded while it is made. Octets that a method gives are on loan: they are
 * valid until the next call of a method of any connection.
 */
export class PermessageDeflate {
  /** RSV1, as in the header of a frame. */
  readonly rsv: number = 0x40;
  /** What was agreed on. */
  readonly parameters: DeflateParameters;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #threshold: number;
  #onDispose: (() => void) | undefined;

  /** @internal */
  constructor({ role, parameters, contexts, threshold, onDispose }: PermessageDeflateOptions) {
    const server = [parameters.serverMaxWindowBits, !parameters.serverNoContextTakeover] as const;
    const client = [parameters.clientMaxWindowBits, !parameters.clientNoContextTakeover] as const;
    const [own, peers] = role === "server" ? [server, client] : [client, server];
    this.parameters = parameters;
    this.#outgoing = new Outgoing(contexts, ...own);
    this.#incoming = new Incoming(contexts, ...peers);
    this.#threshold = threshold;
    this.#onDispose = onDispose;
  }

  /** Whether a message of so many octets is to be compressed, when the application has not decided. */
  suits(size: number): boolean {
    return size >= this.#threshold && this.#outgoing.compresses;
  }

  /** Equal for connections that compress a message to the same octets; null when one message depends on others. */
  get sharedForm(): object | null {
    return this.#outgoing.pool;
  }

  /** Compresses a whole message. Null: it is better sent as it is. */
  encodeMessage(payload: Uint8Array): Uint8Array | null {
    return this.#outgoing.message(payload);
  }

  /** Compresses the next piece of a message into the payload of a fragment; the first one begins it. */
  encodePiece(piece: Uint8Array, last: boolean): Uint8Array {
    return this.#outgoing.piece(piece, last);
  }

  /**
   * Takes the next piece of a compressed message, cut anywhere; the first one begins it. It must not change until
   * {@link pending} is false, and no other piece may be given before.
   */
  decodePiece(piece: Uint8Array, last: boolean): void {
    this.#incoming.write(piece, last);
  }

  /** Whether something may be left to {@link read} of what was taken. */
  get pending(): boolean {
    return this.#incoming.pending;
  }

  /**
   * The next octets of the message, at most 65,536, possibly none.
   *
   * @throws ProtocolError "invalid-deflate" (close code 1007) when what was taken is no compressed message; nothing but
   *   {@link dispose} may follow
   */
  read(): Uint8Array {
    return this.#incoming.read();
  }

  /** Lets go of all memory. May be called at any time, also in the middle of a message, and again; nothing may follow. */
  dispose(): void {
    this.#outgoing.dispose();
    this.#incoming.dispose();
    this.#onDispose?.();
    this.#onDispose = undefined;
  }
}
