// RFC 6455 sections 7.4.1 and 7.4.2, with the codes that were registered with IANA later.

/** @import { TextName } from "./texts.js" */

/** @type {ReadonlyMap<number, TextName>} */
const KNOWN = new Map([
  [1000, "code1000"],
  [1001, "code1001"],
  [1002, "code1002"],
  [1003, "code1003"],
  [1004, "code1004"],
  [1005, "code1005"],
  [1006, "code1006"],
  [1007, "code1007"],
  [1008, "code1008"],
  [1009, "code1009"],
  [1010, "code1010"],
  [1011, "code1011"],
  [1012, "code1012"],
  [1013, "code1013"],
  [1014, "code1014"],
  [1015, "code1015"],
  [3000, "code3000"],
  [3003, "code3003"],
  [3008, "code3008"],
]);

/**
 * The name of the text that says what a close code means.
 * @param {number} code
 * @returns {TextName}
 */
export function meaningOf(code) {
  const known = KNOWN.get(code);
  if (known !== undefined) return known;
  if (code < 1000 || code > 4999) return "codeUnused";
  if (code < 3000) return "codeReserved";
  return code < 4000 ? "codeRegistered" : "codePrivate";
}

const MAX_REASON_OCTETS = 123;

/**
 * What is wrong with a code and a reason that a page wants to send; null when nothing is.
 * @param {number | null} code null when none is to be sent
 * @param {string} reason
 * @returns {{ name: TextName, values: Record<string, number> } | null}
 */
export function closeProblem(code, reason) {
  if (code === null) return reason === "" ? null : { name: "closeReasonAlone", values: {} };
  if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999)) {
    return { name: "closeCodeProblem", values: {} };
  }
  const octets = new TextEncoder().encode(reason).length;
  return octets > MAX_REASON_OCTETS ? { name: "closeReasonProblem", values: { octets } } : null;
}
