import { CLOSE, closePayload, octets, type ParsedFrame, type Role, type Rule, toHex } from "@plyws/testkit";

/** The frames that an echo endpoint has to write, and the essence of its close record. */
export function expectedOf({ starts, expected }: Rule, role: Role) {
  const { replies, close } = expected;
  const written = replies.map((reply) => line({ ...reply, fin: true, rsv: 0, masked: role === "client" }));
  const closeLine = (code: number | null): string =>
    line({
      fin: true,
      rsv: 0,
      masked: role === "client",
      opcode: CLOSE,
      payload: code === null ? octets("") : closePayload(code),
    });
  if (starts !== null) written.unshift(closeLine(starts.code));
  else if (close.kind === "closed") written.push(closeLine(close.reply));
  else if (close.kind === "failed") written.push(closeLine(close.code));
  const clean = close.kind === "closed";
  // RFC 6455 section 7.1.5: 1006 when no Close frame was received.
  const record = { code: clean ? close.code : 1006, reason: clean ? close.reason : "", clean };
  return { written, record };
}

/** A frame as one line. The reason of a Close frame is for people: it is left out. */
export function line({ fin, rsv, opcode, masked, payload }: ParsedFrame): string {
  const told = opcode === CLOSE ? payload.subarray(0, 2) : payload;
  const shown =
    told.length > 64 ? `${told.length} octets, sum ${told.reduce((a, b) => a + b, 0)}` : toHex(told);
  return `opcode ${opcode}${fin ? " fin" : ""} rsv ${rsv}${masked ? " masked" : ""}: ${shown}`;
}
