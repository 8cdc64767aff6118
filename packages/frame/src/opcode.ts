/**
 * The opcodes of RFC 6455 section 5.2. Every other value is reserved and refused.
 *
 * @example
 * ```ts
 * if (header.opcode === Opcode.Ping) answer(payload);
 * ```
 */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** The longest payload of a control frame, in octets (RFC 6455 section 5.5). */
export const MAX_CONTROL_PAYLOAD = 125;

/** Whether an opcode names a control frame: Close, Ping, Pong, and the reserved 11 to 15 (RFC 6455 section 5.5). */
export function isControl(opcode: number): boolean {
  return opcode >= Opcode.Close;
}

/** Whether a number is one of the six opcodes that RFC 6455 section 5.2 defines. */
export function isOpcode(value: number): value is Opcode {
  if (!Number.isInteger(value)) return false;
  return value <= Opcode.Binary ? value >= 0 : value >= Opcode.Close && value <= Opcode.Pong;
}
