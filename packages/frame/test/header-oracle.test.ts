import { concat, hex, toHex } from "@plyws/testkit";
import { expect, test } from "vitest";
import { createHeader, decodeHeader, encodeHeader, type FrameHeader, ProtocolError } from "../src/index.ts";
import { keyOf } from "./support.ts";

/** A fault, a header and its size, or the size 0 of a header that is not complete. */
type Verdict = { fault: string } | { size: number; header?: FrameHeader };

/**
 * Reads RFC 6455 section 5.2 off the bits as the figure there draws them: slow, and with nothing of the arithmetic
 * that the package uses.
 */
function oracle(octets: Uint8Array): object {
  const bits = Array.from(octets, (octet) => octet.toString(2).padStart(8, "0")).join("");
  const [fin, rsv1, rsv2, rsv3] = bits;
  const opcode = Number.parseInt(bits.slice(4, 8), 2);
  if (!"0 1 2 8 9 10".split(" ").includes(String(opcode))) return { fault: "reserved-opcode" };
  const isControl = bits[4] === "1";
  if (isControl && fin === "0") return { fault: "control-fragmented" };
  const indicator = Number.parseInt(bits.slice(9, 16), 2);
  if (isControl && indicator > 125) return { fault: "control-too-long" };

  const keyAt = indicator === 127 ? 80 : indicator === 126 ? 32 : 16;
  const size = (bits[8] === "1" ? keyAt + 32 : keyAt) / 8;
  if (octets.length * 8 < keyAt) return { size: 0 };
  const length = BigInt(`0b${keyAt === 16 ? bits.slice(9, 16) : bits.slice(16, keyAt)}`);
  if (length >= 2n ** 63n) return { fault: "length-top-bit" };
  if (length >= 2n ** 53n) return { fault: "length-unsafe" };
  const fewest = length <= 125n ? 16 : length <= 65_535n ? 32 : 80;
  if (fewest !== keyAt) return { fault: "length-not-minimal" };
  if (octets.length < size) return { size: 0 };

  return {
    size,
    header: {
      fin: fin === "1",
      rsv: (rsv1 === "1" ? 64 : 0) + (rsv2 === "1" ? 32 : 0) + (rsv3 === "1" ? 16 : 0),
      opcode,
      masked: bits[8] === "1",
      maskingKey: bits[8] === "1" ? keyOf(octets.slice(keyAt / 8)) : 0,
      payloadLength: Number(length),
    },
  };
}

function verdict(octets: Uint8Array): Verdict {
  const header = createHeader();
  try {
    const size = decodeHeader(octets, 0, header);
    return size === 0 ? { size } : { size, header };
  } catch (error) {
    if (error instanceof ProtocolError) return { fault: error.code };
    throw error;
  }
}

// What follows the first two octets: nothing, minimal lengths of both forms, lengths that are wrong, half a header.
const TAILS = [
  "",
  "01 00 11 22 33 F4",
  "00 7D 11 22 33 44",
  "00 00 00 00 00 01 00 00 11 22 33 F4",
  "00 00 00 00 00 01 00 00 11 22 33",
  "00 1F FF FF FF FF FF FF 11 22 33 44",
  "00 20 00 00 00 00 00 00 11 22 33 44",
  "80 00 00 00 00 00 00 00 11 22 33 44",
];

test.each(TAILS)("all 65,536 pairs of first octets, followed by '%s'", { timeout: 60_000 }, (tail) => {
  const rest = hex(tail);
  const wrong: string[] = [];
  let headers = 0;
  for (let pair = 0; pair <= 0xffff; pair++) {
    const octets = concat(Uint8Array.of(pair >>> 8, pair & 0xff), rest);
    const found = verdict(octets);
    const [is, shouldBe] = [JSON.stringify(found), JSON.stringify(oracle(octets))];
    if (is !== shouldBe) wrong.push(`${toHex(octets)}: ${is}, not ${shouldBe}`);
    if (!("size" in found) || found.header === undefined) continue;
    headers++;
    const again = new Uint8Array(found.size);
    encodeHeader(found.header, again, 0);
    if (toHex(again) !== toHex(octets.slice(0, found.size)))
      wrong.push(`${toHex(octets)}: encoded otherwise`);
  }
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(headers).toBeGreaterThan(6000);
});
