import { Utf8Validator } from "@plyws/message";

const BLOCK = 4096;

/**
 * The index of the first octet with which these cannot be UTF-8 any more (RFC 3629); their length when they only end
 * inside a code point, unless more may follow; null when there is nothing wrong.
 */
export function wrongOctet(octets: Uint8Array, complete: boolean): number | null {
  const validator = new Utf8Validator();
  for (let start = 0; start < octets.length; start += BLOCK) {
    if (!validator.write(octets.subarray(start, start + BLOCK))) return findIn(octets, start);
  }
  return complete && !validator.complete ? octets.length : null;
}

/** The wrong octet is in the block that begins at `start`: once more, and octet by octet there. */
function findIn(octets: Uint8Array, start: number): number {
  const validator = new Utf8Validator();
  validator.write(octets.subarray(0, start));
  let at = start;
  while (validator.write(octets.subarray(at, at + 1))) at++;
  return at;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** As text, U+FFFD in place of what is none. */
export function toText(octets: Uint8Array): string {
  return decoder.decode(octets);
}
