import { encodeBase64 } from "./base64.ts";
import { encodeLatin1 } from "./latin1.ts";
import { sha1 } from "./sha1.ts";

/** SHA-1: any number of octets in, 20 out; or those 20 in base64, where the platform writes it by itself. */
export type Digest = (octets: Uint8Array) => Uint8Array | string;

export interface DigestOptions {
  /** A native SHA-1 in place of the one in JavaScript. It has to be synchronous. */
  readonly digest?: Digest | undefined;
}

/** RFC 6455 section 1.3: makes sure that the answer comes from somebody who knows about WebSocket. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * The value of Sec-WebSocket-Accept that belongs to a value of Sec-WebSocket-Key (RFC 6455 section 4.2.2).
 *
 * @throws RangeError when `digest` does not return 20 octets, or as much base64.
 *
 * @example
 * ```ts
 * console.log(computeAccept("dGhlIHNhbXBsZSBub25jZQ==")); // → s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
 * ```
 */
export function computeAccept(key: string, digest: Digest = sha1): string {
  const hash = digest(encodeLatin1(key + GUID));
  const isText = typeof hash === "string";
  if (hash.length !== (isText ? 28 : 20)) throw new RangeError("A SHA-1 digest has 20 octets");
  return isText ? hash : encodeBase64(hash);
}
