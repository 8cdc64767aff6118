/** `String.fromCharCode` takes its octets as arguments, and the number of arguments is limited. */
const SLICE = 8192;

/** Each octet as the character of the same number: a head is ISO-8859-1 in both directions. */
export function decodeLatin1(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += SLICE) {
    text += String.fromCharCode(...octets.subarray(at, at + SLICE));
  }
  return text;
}

/** The inverse. The caller has made sure that no character is above U+00FF: its high bits would be lost. */
export function encodeLatin1(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) octets[i] = text.charCodeAt(i);
  return octets;
}
