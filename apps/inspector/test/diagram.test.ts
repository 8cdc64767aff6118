import { hex } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { diagram } from "../src/explain/diagram.ts";
import { explain } from "../src/explain/explain.ts";

function rows(wire: string, columns: 16 | 32): string[][] {
  const octets = hex(wire);
  const [frame] = explain(octets, { from: "server", compression: null }).frames;
  if (frame === undefined) throw new Error("There is no frame");
  return diagram(octets, frame, columns).map((row) =>
    row.map(({ name, column, bits, continued }) => `${column} ${continued ? "… " : ""}${name} ${bits}`),
  );
}

const FIRST = ["0 FIN 1", "1 RSV1 0", "2 RSV2 0", "3 RSV3 0"];

describe("the figure of RFC 6455 section 5.2", () => {
  test("of a masked text", () => {
    expect(rows("81 85 37 fa 21 3d 7f 9f 4d 51 58", 32)).toEqual([
      [...FIRST, "4 opcode 0001", "8 MASK 1", "9 Payload len 0000101", "16 Masking-key 0011011111111010"],
      ["0 … Masking-key 0010000100111101", "16 Payload data 0111111110011111"],
    ]);
  });

  test("of the same in half the columns", () => {
    expect(rows("81 85 37 fa 21 3d 7f 9f 4d 51 58", 16)).toEqual([
      [...FIRST, "4 opcode 0001", "8 MASK 1", "9 Payload len 0000101"],
      ["0 Masking-key 0011011111111010"],
      ["0 … Masking-key 0010000100111101"],
      ["0 Payload data 0111111110011111"],
    ]);
  });

  test("of a length in 64 bits", () => {
    expect(rows("82 7f 00 00 00 00 00 01 00 00 a5", 32)).toEqual([
      [
        ...FIRST,
        "4 opcode 0010",
        "8 MASK 0",
        "9 Payload len 1111111",
        "16 Extended payload length 0000000000000000",
      ],
      ["0 … Extended payload length 00000000000000000000000000000001"],
      ["0 … Extended payload length 0000000000000000", "16 Payload data 10100101"],
    ]);
  });

  test("of a single octet", () => {
    expect(rows("81", 32)).toEqual([[...FIRST, "4 opcode 0001"]]);
  });

  test("of a payload that fills a row by itself", () => {
    expect(rows("82 02 a5 a5", 16)).toEqual([
      [...FIRST, "4 opcode 0010", "8 MASK 0", "9 Payload len 0000010"],
      ["0 Payload data 1010010110100101"],
    ]);
  });
});
