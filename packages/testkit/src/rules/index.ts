import { CLOSING } from "./closing.ts";
import { ENDING } from "./ending.ts";
import { FRAGMENTATION } from "./fragmentation.ts";
import { FRAMING } from "./framing.ts";
import { MASKING } from "./masking.ts";
import { PING_PONG } from "./ping-pong.ts";
import { RESERVED_BITS, RESERVED_OPCODES } from "./reserved.ts";
import type { Rule } from "./rule.ts";
import { UTF8 } from "./utf8.ts";

/** Every rule of RFC 6455 for an open connection without extensions, by theme. */
export const RULES = {
  framing: FRAMING,
  masking: MASKING,
  "ping and pong": PING_PONG,
  "reserved bits": RESERVED_BITS,
  "reserved opcodes": RESERVED_OPCODES,
  fragmentation: FRAGMENTATION,
  "UTF-8": UTF8,
  closing: CLOSING,
  "the end of the stream, and a closing handshake that the endpoint starts": ENDING,
} as const satisfies Record<string, readonly Rule[]>;
