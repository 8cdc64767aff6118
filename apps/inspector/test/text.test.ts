import { hex } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { parseText } from "../src/input/text.ts";
import { MAX_TEXT_LENGTH } from "../src/limits.ts";

const HELLO = "81 85 37 fa 21 3d 7f 9f 4d 51 58";
const LONG = `${HELLO} 81 85 37 fa 21 3d 7f 9f 4d 51 58 0a`;

describe("text that is pasted", () => {
  test.each<[string, string, string, string]>([
    ["pairs", HELLO, HELLO, "hex"],
    ["without spaces", "818537fa213d7f9f4d5158", HELLO, "hex"],
    ["capitals, over lines", "81 85 37 FA\n21 3D 7F 9F\r\n4D 51 58\n", HELLO, "hex"],
    ["0x and commas", "0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58", HELLO, "hex"],
    ["an array of C", "{ 0x81, 0x5, 0x0 };", "81 05 00", "hex"],
    ["one number", "0x818537fa", "81 85 37 fa", "hex"],
    ["colons", "81:85:37:fa", "81 85 37 fa", "hex"],
    ["colons between groups", "8185:37fa", "81 85 37 fa", "hex"],
    ["dashes", "81-85-37-FA", "81 85 37 fa", "hex"],
    ["escapes", '"\\x81\\x85\\x37\\xfa"', "81 85 37 fa", "hex"],
    ["a Buffer of Node", "<81 85 37 fa>", "81 85 37 fa", "hex"],
    ["URL", "%81%85%37%fa", "81 85 37 fa", "hex"],
    ["comments", "# a frame\n81 05 # header\n48 65 6c 6c 6f // Hello", "81 05 48 65 6c 6c 6f", "hex"],
    ["nothing", " \n", "", "hex"],
    [
      "xxd",
      "00000000: 8185 37fa 213d 7f9f 4d51 5881 8537 fa21  ..7.!=..MQX..7.!\n00000010: 3d7f 9f4d 5158 0a                        =..MQX.",
      LONG,
      "dump",
    ],
    ["xxd -g1", "00000000: 81 85 37 fa 21 3d 7f 9f 4d 51 58                 ..7.!=..MQX", HELLO, "dump"],
    [
      "xxd of 8 octets, which are text",
      "00000000: 6465 6164 6265 6566  deadbeef",
      "64 65 61 64 62 65 65 66",
      "dump",
    ],
    [
      "hexdump -C",
      "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58 81 85 37 fa 21  |..7.!=..MQX..7.!|\n00000010  3d 7f 9f 4d 51 58 0a                              |=..MQX.|\n00000017\n",
      LONG,
      "dump",
    ],
    [
      "hexdump -C of 8 octets",
      "00000000  81 85 37 fa 21 3d 7f 9f                           |..7.!=..|\n00000008",
      "81 85 37 fa 21 3d 7f 9f",
      "dump",
    ],
    [
      "tcpdump -X",
      "\t0x0000:  8185 37fa 213d 7f9f 4d51 5881 8537 fa21  ..7.!=..MQX..7.!\n\t0x0010:  3d7f 9f4d 5158 0a                        =..MQX.",
      LONG,
      "dump",
    ],
    [
      "Wireshark",
      "0000   81 85 37 fa 21 3d 7f 9f 4d 51 58 81 85 37 fa 21   ..7.!=..MQX..7.!\n0010   3d 7f 9f 4d 51 58 0a                              =..MQX.",
      LONG,
      "dump",
    ],
    [
      "Wireshark, a stream that is followed",
      "    00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 ..7.!=.. MQX",
      HELLO,
      "dump",
    ],
    [
      "od",
      "0000000 81 85 37 fa 21 3d 7f 9f 4d 51 58 81 85 37 fa 21\n0000020 3d 7f 9f 4d 51 58 0a\n0000027\n",
      LONG,
      "dump",
    ],
    ["base64", "gYU3+iE9f59NUVg=", HELLO, "base64"],
    ["base64 of the other alphabet, over lines", "gYU3-iE9\nf59NUVg", HELLO, "base64"],
    ["base64 that could be hex", "base64: gQVI", "81 05 48", "base64"],
    ["a data URL", "data:application/octet-stream;base64,gQVI", "81 05 48", "base64"],
  ])("%s", (_, text, expected, form) => {
    expect(parseText(text)).toMatchObject({ ok: true, octets: hex(expected), form });
  });

  test.each([
    ["81 0g", "Line 1, column 5: “g” is not hexadecimal."],
    ["81\n8 05", "Line 2, column 1: “8” has an odd number of digits."],
    ["0000000 8581 fa37", "Line 1 is of plain hexdump, which swaps octets: use hexdump -C or xxd instead."],
    ["base64: 8!", "What follows the prefix is not base64."],
    ["Hello, world", "Line 1, column 1: “H” is not hexadecimal."],
    [" ".repeat(MAX_TEXT_LENGTH + 1), "This is longer than 4 Mi characters; open it as a file instead."],
  ])("%j is refused", (text, problem) => {
    expect(parseText(text)).toEqual({ ok: false, problem });
  });

  test.each(["gYU3+iE", "gYU3+iE!", "gYU3 iE9f5", "xyz"])("%j is no base64", (text) => {
    expect(parseText(text)).toMatchObject({ ok: false });
  });

  test("a dump that begins anew has parts", () => {
    const text = "0000   81 85\n0000   82 00";
    expect(parseText(text)).toMatchObject({ parts: [hex("81 85"), hex("82 00")] });
  });
});
