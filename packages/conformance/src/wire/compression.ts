/** One direction of permessage-deflate in each method, for whole messages and in their order. */
export interface Compression {
  /** The payload of a message as it is sent. */
  compress(payload: Uint8Array): Uint8Array;
  /** What a message of the peer means. @throws Error when that is no deflate, or more than the window allows */
  decompress(payload: Uint8Array): Uint8Array;
}

/** What both sides agreed on (RFC 7692 section 7.1), for what the client and for what the server sends. */
export interface DeflateParameters {
  readonly client: DirectionParameters;
  readonly server: DirectionParameters;
}

export interface DirectionParameters {
  /** Base-2 logarithm of the window, 8 to 15. */
  readonly windowBits: number;
  /** Whether a message may refer to the ones before it. */
  readonly takeover: boolean;
}

/** How a compression is made; what runs without Node has none. */
export type CreateCompression = (parameters: DeflateParameters, kit: "client" | "server") => Compression;
