import type { HeaderSource } from "@plyws/handshake";

/** Header fields as they are given: an object, pairs of name and value, a `Headers`. */
export type HeaderInput = Readonly<Record<string, string>> | HeaderSource;

export function toHeaders(headers: HeaderInput = []): HeaderSource {
  return Symbol.iterator in headers ? headers : Object.entries(headers);
}
