import { ProtocolError } from "@plyws/frame";

/** RFC 7692 section 7.2.2: what every engine throws for octets that are no DEFLATE stream. */
export function invalidDeflate(detail: string): ProtocolError {
  return new ProtocolError("invalid-deflate", detail);
}
