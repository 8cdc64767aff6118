import { concat, filled, octets, text, UTF8_CATALOGUE } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { createStringCodec } from "../src/index.ts";
import { ROLES, setUp, texts, towards } from "./support.ts";

describe("createStringCodec", () => {
  const codec = createStringCodec();

  test.each(UTF8_CATALOGUE)("decodes or refuses $id, $title", ({ octets: sequence, valid }) => {
    const decoded = codec.decode(concat(octets("<"), sequence, octets(">")), 1, 1 + sequence.length);
    expect(decoded === null ? null : octets(decoded)).toEqual(valid ? sequence : null);
  });

  test("keeps a byte order mark", () => {
    expect(codec.decode(octets("\ufeffa\ufeff"), 0, 7)).toBe("\ufeffa\ufeff");
  });

  test("encodes at an offset and leaves the rest alone", () => {
    const dst = filled(12, 0xee);
    expect(codec.encodeInto("a€", dst, 3)).toBe(4);
    expect(dst).toEqual(octets([0xee, 0xee, 0xee, 0x61, 0xe2, 0x82, 0xac, ...filled(5, 0xee)]));
    expect(codec.encode("a€")).toEqual(octets("a€"));
    expect(codec.encode("\ud800")).toEqual(octets("\ufffd"));
  });
});

describe("a codec of the application", () => {
  test.each(ROLES)("decides what text is (%s)", (role) => {
    const codec = createStringCodec();
    const asked: number[] = [];
    const setup = setUp(
      role,
      {},
      {
        text: {
          decode: (utf8, start, end) => codec.decode(utf8, start, end)?.toUpperCase() ?? null,
          encode: (data) => codec.encode(data.toLowerCase()),
          encodeInto: (data, dst, offset) => codec.encodeInto(data.toLowerCase(), dst, offset),
          isUtf8(piece) {
            asked.push(piece.length);
            return true;
          },
        },
      },
    );
    const { connection, events, sent } = setup;
    const to = towards(role);
    connection.receive(text("short", to));
    connection.receive(text("x".repeat(40), { fin: false, ...to }));
    expect(asked).toEqual([40]);
    connection.sendText("SENT");
    connection.sendText("S".repeat(20_000));
    expect(texts(events)).toEqual(["SHORT"]);
    expect(sent().map(({ payload }) => payload)).toEqual([octets("sent"), octets("s".repeat(20_000))]);
  });
});
