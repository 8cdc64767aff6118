import { ProtocolError, type ProtocolErrorCode } from "@plyws/frame";

/** Rules that concern more than `@plyws/frame` has words for, and things that are worth a note. */
const OTHERS = {
  "rsv1-misplaced": ["violation", 1002, 7692, "6.1"],
  "after-close": ["violation", null, 6455, "5.5.1"],
  "control-after-close": ["note", null, 6455, "5.5.1"],
  "key-zero": ["note", null, 6455, "5.3"],
  "key-repeated": ["note", null, 6455, "5.3"],
  incomplete: ["note", null, 6455, "5.2"],
  unfinished: ["note", null, 6455, "5.4"],
  "not-inflated": ["note", null, 7692, "7.2.2"],
  "boundary-lost": ["note", null, 6455, "5.2"],
} as const satisfies Record<string, readonly ["violation" | "note", number | null, number, string]>;

export type FaultCode = ProtocolErrorCode | keyof typeof OTHERS;

/** Something that is wrong, or worth knowing, and the rule that says so. */
export interface Fault {
  readonly code: FaultCode;
  readonly level: "violation" | "note";
  /** One or two sentences. */
  readonly text: string;
  readonly rfc: number;
  readonly section: string;
  /** What a receiver answers it with; null when it does not fail the connection for it. */
  readonly closeCode: number | null;
  /** The octet of the stream that shows it. */
  readonly offset: number;
}

export function fault(code: FaultCode, offset: number, text: string): Fault {
  if (isOther(code)) {
    const [level, closeCode, rfc, section] = OTHERS[code];
    return { code, level, text, rfc, section, closeCode, offset };
  }
  const { closeCode, rfc, section } = new ProtocolError(code);
  // RFC 6455 section 5.2 allows lengths up to 2^63 - 1: to refuse these is our own limit.
  const level = code === "length-unsafe" ? "note" : "violation";
  return { code, level, text, rfc, section, closeCode, offset };
}

function isOther(code: FaultCode): code is keyof typeof OTHERS {
  return Object.hasOwn(OTHERS, code);
}
