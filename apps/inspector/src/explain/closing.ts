import { isCloseCode, MAX_CONTROL_PAYLOAD } from "@plyws/frame";
import { type Fault, fault } from "./faults.ts";
import { toText, wrongOctet } from "./utf8.ts";

/** What a Close frame says; code null when it has none. */
export interface Closing {
  readonly code: number | null;
  readonly meaning: string;
  readonly reason: string;
}

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [1000, "normal: the purpose is fulfilled"],
  [1001, "going away: a server stops, or a page is left"],
  [1002, "protocol error"],
  [1003, "a type of data that cannot be accepted"],
  [1004, "reserved, without a meaning so far"],
  [1005, "reserved: stands for a Close frame without a code, never sent"],
  [1006, "reserved: stands for a connection that was lost, never sent"],
  [1007, "data that does not fit the type of the message, such as text that is not UTF-8"],
  [1008, "a policy was violated"],
  [1009, "a message is too big"],
  [1010, "the server did not agree to an extension that the client needs"],
  [1011, "an unexpected error of the server"],
  [1012, "the service restarts"],
  [1013, "try again later"],
  [1014, "a gateway got an invalid response"],
  [1015, "reserved: stands for a TLS handshake that failed, never sent"],
]);

/** What a close code means: RFC 6455 section 7.4 and the registry of the IANA. */
export function closeCodeMeaning(code: number): string {
  const meaning = MEANINGS.get(code);
  if (meaning !== undefined) return meaning;
  if (code < 1000) return "not used";
  if (code < 3000) return "reserved for the protocol, not assigned";
  if (code < 4000) return "registered by a library or framework";
  return code < 5000 ? "of the application" : "beyond the ranges of the RFC";
}

/**
 * Reads the unmasked payload of a Close frame, legal or not. Where `decodeClose` of `@plyws/frame` throws, this says
 * what is wrong and shows the rest.
 *
 * @param offset of the payload in the stream
 * @param complete whether the payload is there whole
 */
export function readClosing(
  payload: Uint8Array,
  offset: number,
  complete: boolean,
): { closing: Closing; faults: Fault[] } {
  if (payload.length < 2) {
    const empty = payload.length === 0;
    const meaning = empty ? "no code: reported as 1005" : "half a code";
    const faults: Fault[] = [];
    if (!empty && complete) {
      const text = "The payload is a single octet; a close code takes two.";
      faults.push(fault("close-payload", offset, text));
    }
    return { closing: { code: null, meaning, reason: "" }, faults };
  }
  const code = (payload[0]! << 8) | payload[1]!;
  const faults: Fault[] = [];
  if (!isCloseCode(code)) {
    const text = `Close code ${code} must not be in a Close frame (${closeCodeMeaning(code)}).`;
    faults.push(fault("close-code", offset, text));
  }
  const reason = payload.subarray(2);
  const wrong = reason.length > MAX_CONTROL_PAYLOAD ? null : wrongOctet(reason, complete);
  if (wrong !== null) {
    const text = `The reason is not valid UTF-8 from octet ${wrong + 2} of the payload on.`;
    faults.push(fault("close-reason", offset + 2 + wrong, text));
  }
  return { closing: { code, meaning: closeCodeMeaning(code), reason: toText(reason) }, faults };
}
