import type { MessageExtension } from "./extension.ts";
import type { Role } from "./state.ts";
import type { TextCodec } from "./text.ts";

/** Unmasks octets in place, and returns the key for the octet after `end`: see `applyMask` of `@plyws/frame`. */
export type ApplyMask = (bytes: Uint8Array, start: number, end: number, key: number) => number;

/** What a connection is to be. */
export interface ConnectionOptions<Text = string> {
  readonly role: Role;
  /** The largest message that is accepted, in octets of payload. Default 1 MiB. */
  readonly maxMessageSize?: number | undefined;
  /** What was negotiated to change the payloads of messages; the connection disposes of it. Default none. */
  readonly extension?: MessageExtension | null | undefined;
  /** How text becomes octets and back. Default: strings, by `TextEncoder` and `TextDecoder`. */
  readonly text?: TextCodec<Text> | undefined;
  /**
   * Gives memory for messages that arrive in several chunks: exactly so many octets with a buffer of their own, which
   * need not be zero. Default `new Uint8Array(size)`.
   */
  readonly allocate?: ((size: number) => Uint8Array) | undefined;
  /** As `applyMask` of `@plyws/frame`, which is the default, where a platform has a faster way to unmask what is received. */
  readonly applyMask?: ApplyMask | undefined;
  /** Gives the masking keys of a client. For tests: the default is the platform's strong random numbers. */
  readonly nextMaskingKey?: (() => number) | undefined;
}
