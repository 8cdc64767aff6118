/**
 * What a negotiated extension does to the messages of one connection (RFC 6455 section 9). `@plyws/permessage-deflate`
 * has one. Everything is synchronous, so messages leave and arrive in order whatever becomes of each of them.
 *
 * Octets that a method gives are on loan: they are valid until the next call of a method of any extension.
 */
export interface MessageExtension {
  /** The reserved bit of the first frame that marks a message as encoded, as in the header: 0x40, 0x20 or 0x10. */
  readonly rsv: number;

  /** Whether a message of so many octets of payload is to be encoded, when the application has not decided. */
  suits(size: number): boolean;
  /**
   * Equal for extensions that encode a message to the same octets, so that a prepared message is encoded once for all
   * of them; `null` when what comes out depends on the messages before.
   */
  readonly sharedForm: object | null;
  /** Encodes a whole message. `null`: it is to be sent as it is. */
  encodeMessage(payload: Uint8Array): Uint8Array | null;
  /** Encodes the next piece of a message, to be sent at once as a fragment; the first one begins it. */
  encodePiece(piece: Uint8Array, last: boolean): Uint8Array;

  /**
   * Takes the next piece of an encoded message, cut anywhere; the first one begins it. It must not change until
   * {@link pending} is false, and no other piece may be given before.
   */
  decodePiece(piece: Uint8Array, last: boolean): void;
  /** Whether something may be left to {@link read} of what was taken. */
  readonly pending: boolean;
  /**
   * Decodes a bounded number of octets, possibly none.
   *
   * @throws ProtocolError when what was taken cannot be decoded; nothing but {@link dispose} may follow
   */
  read(): Uint8Array;

  /** Lets go of all memory. May be called at any time and again; nothing may follow. */
  dispose(): void;
}
