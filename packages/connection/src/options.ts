import type { MessageExtension } from "./extension.ts";
import type { Role } from "./state.ts";
import type { TextCodec } from "./text.ts";

/** What a connection is to be. */
export interface ConnectionOptions<Text = string> {
  readonly role: Role;
  /** The largest message that is accepted, in octets of payload. Default 1 MiB. */
  readonly maxMessageSize?: number | undefined;
  /** What was negotiated to change the payloads of messages; the connection disposes of it. Default none. */
  readonly extension?: MessageExtension | null | undefined;
  /** How text becomes octets and back. Default: strings, by `TextEncoder` and `TextDecoder`. */
  readonly text?: TextCodec<Text> | undefined;
  /** Gives the masking keys of a client. For tests: the default is the platform's strong random numbers. */
  readonly nextMaskingKey?: (() => number) | undefined;
}
