import {
  applyMask,
  createHeader,
  decodeClose,
  decodeHeader,
  type FrameHeader,
  NEED_MORE,
  Opcode,
  ProtocolError,
} from "@plyws/frame";

/** One field of a header: what it is called, and what it says. */
export type Field = readonly [name: string, value: string];

/** What was found at one place of a stream of octets. */
export interface Finding {
  readonly title: string;
  /** Its octets in hex, those that are there. */
  readonly octets: string;
  readonly fields: readonly Field[];
  /** What is wrong, and where the RFC says so; "" when nothing is. */
  readonly problem: string;
}

const NAMES = new Map<number, string>(Object.entries(Opcode).map(([name, opcode]) => [opcode, name]));

/** Reads octets in hex as one writes them down, with white space, commas and colons. Null: that is no hex. */
export function parseHex(text: string): Uint8Array | null {
  const digits = text.replaceAll(/0x|[\s,:;-]/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export const toHex = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(" ");

/** What a peer with this role would make of these octets, frame by frame, up to the first fault. */
export function inspect(octets: Uint8Array, role: "client" | "server"): Finding[] {
  const findings: Finding[] = [];
  let offset = 0;
  while (offset < octets.length) {
    const header = createHeader();
    const title = `Frame ${findings.length + 1}, at octet ${offset}`;
    const rest = octets.subarray(offset);
    try {
      const size = decodeHeader(octets, offset, header);
      if (size === NEED_MORE) {
        findings.push(finding(title, rest, [], "Not yet: the header is not complete."));
        break;
      }
      const end = offset + size + header.payloadLength;
      const payload = octets.slice(offset + size, end);
      applyMask(payload, 0, payload.length, header.maskingKey);
      const fields = [...headerFields(header, octets[offset + 1] ?? 0), ...payloadFields(header, payload)];
      const missing = end - octets.length;
      const problem =
        maskFault(header, role) ||
        (missing > 0 ? `Not yet: ${missing} octets of the payload are missing.` : "");
      findings.push(finding(title, octets.subarray(offset, end), fields, problem));
      if (problem !== "") break;
      offset = end;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      findings.push(finding(title, rest, [], describe(error)));
      break;
    }
  }
  return findings;
}

const finding = (title: string, octets: Uint8Array, fields: readonly Field[], problem: string): Finding => {
  const shown = toHex(octets.subarray(0, 64));
  return { title, octets: octets.length > 64 ? `${shown} …` : shown, fields, problem };
};

function headerFields(
  { fin, rsv, opcode, masked, maskingKey, payloadLength }: FrameHeader,
  second: number,
): Field[] {
  const form = second & 0x7f;
  const key = Uint8Array.of(maskingKey, maskingKey >> 8, maskingKey >> 16, maskingKey >> 24);
  return [
    ["FIN", fin ? "1: the last fragment of its message" : "0: more fragments follow"],
    ["RSV1 to RSV3", (rsv >> 4).toString(2).padStart(3, "0")],
    ["opcode", `${opcode}: ${NAMES.get(opcode)}`],
    ["MASK", masked ? `1, masking key ${toHex(key)}` : "0"],
    [
      "payload length",
      form < 126 ? `${payloadLength}` : `${payloadLength}, in ${form === 126 ? 16 : 64} bits`,
    ],
  ];
}

function payloadFields({ fin, rsv, opcode, payloadLength }: FrameHeader, payload: Uint8Array): Field[] {
  if (payload.length === 0) return [];
  if (opcode === Opcode.Close && payload.length === payloadLength) {
    const { code, reason } = decodeClose(payload);
    return [
      ["close code", String(code)],
      ["reason", JSON.stringify(reason)],
    ];
  }
  if (opcode === Opcode.Text && fin && rsv === 0)
    return [["payload", JSON.stringify(new TextDecoder().decode(payload))]];
  return [["payload", toHex(payload.subarray(0, 64))]];
}

/** RFC 6455 section 5.1: a client masks every frame, a server none. */
function maskFault({ masked }: FrameHeader, role: "client" | "server"): string {
  if (masked === (role === "server")) return "";
  return describe(new ProtocolError(masked ? "mask-unexpected" : "mask-missing"));
}

const describe = ({ code, closeCode, rfc, section }: ProtocolError): string =>
  `${code}: RFC ${rfc} section ${section}. The answer is a Close frame with ${closeCode}.`;
