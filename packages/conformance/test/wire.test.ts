import { describe, expect, test } from "vitest";
import { Deflate } from "../src/wire/deflate.ts";
import { encodeFrame } from "../src/wire/frame.ts";
import { FrameReader } from "../src/wire/frame-reader.ts";
import { acceptFor } from "../src/wire/key.ts";
import { answerOffers, judgeAnswer, parseExtensions } from "../src/wire/negotiation.ts";
import { hex, noise, textOf, toHex, utf8 } from "../src/wire/octets.ts";
import { brokenRule } from "../src/wire/rules.ts";

describe("frames are those of RFC 6455 section 5.7", () => {
  test.each([
    ["a text", { opcode: 1, payload: utf8("Hello") }, null, "81 05 48 65 6c 6c 6f"],
    ["a masked text", { opcode: 1, payload: utf8("Hello") }, 0x37fa213d, "81 85 37 fa 21 3d 7f 9f 4d 51 58"],
    ["a fragment", { opcode: 1, fin: false, payload: utf8("Hel") }, null, "01 03 48 65 6c"],
    [
      "a length of 16 bits",
      { opcode: 9, lengthOctets: 2 as const, payload: utf8("x") },
      null,
      "89 7e 00 01 78",
    ],
    [
      "any announcement",
      { opcode: 2, announced: 2n ** 63n, payload: utf8("x") },
      null,
      "82 7f 80 00 00 00 00 00 00 00 78",
    ],
  ])("%s", (_, fields, key, octets) => {
    expect(toHex(encodeFrame(fields, key))).toBe(octets);
  });
});

test("a frame is read from any pieces, unmasked", () => {
  for (const length of [0, 1, 15, 16, 17, 18, 19, 125, 126, 1000, 65_536]) {
    const payload = noise(length, length);
    const octets = encodeFrame({ opcode: 2, payload }, 0x37fa213d);
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < octets.length; at += 97) frames.push(...reader.receive(octets.slice(at, at + 97)));
    expect(frames).toMatchObject([{ opcode: 2, fin: true, key: 0x37fa213d, overlong: false }]);
    expect(frames[0]?.payload).toEqual(payload);
    expect(reader.rest).toHaveLength(0);
  }
});

test("an announcement that nobody can mean is refused", () => {
  const octets = encodeFrame({ opcode: 2, announced: 2n ** 40n, payload: new Uint8Array() }, null);
  expect(() => [...new FrameReader().receive(octets)]).toThrow(RangeError);
});

const frame = { fin: true, rsv: 0, opcode: 1, key: null, payload: utf8("x"), overlong: false };
const SERVER = { masks: false, deflate: false };

test.each([
  ["nothing wrong", frame, SERVER, null],
  ["a masked server", { ...frame, key: 1 }, SERVER, "masked"],
  ["an unmasked client", frame, { ...SERVER, masks: true }, "not masked"],
  ["a reserved opcode", { ...frame, opcode: 3 }, SERVER, "reserved"],
  ["a long length", { ...frame, overlong: true }, SERVER, "fewest"],
  ["RSV1", { ...frame, rsv: 4 }, SERVER, "100"],
  ["RSV1 with compression", { ...frame, rsv: 4 }, { ...SERVER, deflate: true }, null],
  ["RSV1 on a Pong with compression", { ...frame, opcode: 10, rsv: 4 }, { ...SERVER, deflate: true }, "100"],
  ["half a Pong", { ...frame, opcode: 10, fin: false }, SERVER, "fragmented"],
  ["a long Pong", { ...frame, opcode: 10, payload: noise(1, 126) }, SERVER, "125"],
  ["a continuation of nothing", { ...frame, opcode: 0 }, SERVER, "continues nothing"],
  ["Close with one octet", { ...frame, opcode: 8 }, SERVER, "one octet"],
  ["Close with 1005", { ...frame, opcode: 8, payload: hex("03 ed") }, SERVER, "1005"],
  ["Close with 1012", { ...frame, opcode: 8, payload: hex("03 f4") }, SERVER, null],
  ["Close with a reason that is none", { ...frame, opcode: 8, payload: hex("03 e8 ff") }, SERVER, "UTF-8"],
])("the rules for a peer: %s", (_, received, rules, rule) => {
  const broken = brokenRule(received, rules, false);
  expect(broken === null || rule === null ? broken : broken.includes(rule)).toBe(rule === null ? null : true);
});

test("the accept of the RFC", () => {
  expect(acceptFor("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

describe("compression", () => {
  const full = { windowBits: 15, takeover: true };
  const both = (direction: typeof full) => ({ client: direction, server: direction });

  test.each([
    ["of the RFC", ["f2 48 cd c9 c9 07 00", "f2 00 11 00 00"], ["Hello", "Hello"]],
    ["without compression", ["00 05 00 fa ff 48 65 6c 6c 6f 00"], ["Hello"]],
    ["with a last block", ["f3 48 cd c9 c9 07 00 00", "f2 48 cd c9 c9 07 00"], ["Hello", "Hello"]],
    ["of nothing", ["00", "02 00"], ["", ""]],
  ])("messages %s are inflated", (_, messages, texts) => {
    const deflate = new Deflate(both(full), "client");
    expect(messages.map((octets) => textOf(deflate.decompress(hex(octets))))).toEqual(texts);
  });

  test.each(["06 00", "f2 00 11 00 00", "1a 03"])("%s is no deflate", (octets) => {
    expect(() => new Deflate(both(full), "client").decompress(hex(octets))).toThrow(/invalid/);
  });

  test.each([
    [9, true],
    [9, false],
    [15, true],
    [15, false],
    [8, true],
  ])("what one side deflates the other inflates: %i bits, takeover %s", (windowBits, takeover) => {
    const parameters = both({ windowBits, takeover });
    const [client, server] = [new Deflate(parameters, "client"), new Deflate(parameters, "server")];
    for (const length of [0, 1, 100, 255, 100]) {
      const payload = utf8("conformance ".repeat(20).slice(0, length));
      expect(textOf(server.decompress(client.compress(payload)))).toBe(textOf(payload));
      expect(textOf(client.decompress(server.compress(payload)))).toBe(textOf(payload));
    }
  });

  test("a window that is larger than agreed is noticed", () => {
    const text = noise(1, 20_000);
    const large = new Deflate(both(full), "server");
    const small = new Deflate(both({ windowBits: 9, takeover: true }), "client");
    expect(() =>
      [large.compress(text), large.compress(text)].map((message) => small.decompress(message)),
    ).toThrow("invalid distance");
  });
});

describe("negotiation", () => {
  const D = "permessage-deflate";

  test.each([
    ["a", [{ name: "a", parameters: [] }]],
    [
      'a; b="c" ; d, e',
      [
        {
          name: "a",
          parameters: [
            ["b", "c"],
            ["d", null],
          ],
        },
        { name: "e", parameters: [] },
      ],
    ],
    ["", null],
    ["a b", null],
    ['a; b="c d"', null],
  ])("%s", (value, extensions) => {
    expect(parseExtensions(value)).toEqual(extensions);
  });

  test.each([
    [D, null, "none"],
    [D, D, "deflate"],
    [null, D, "fault"],
    [D, `${D}, ${D}`, "fault"],
    [D, "other", "fault"],
    [`${D}; server_no_context_takeover`, D, "fault"],
    [`${D}; server_max_window_bits=10`, `${D}; server_max_window_bits=11`, "fault"],
    [`${D}; server_max_window_bits=10`, `${D}; server_max_window_bits=9`, "deflate"],
    [D, `${D}; client_max_window_bits=9`, "fault"],
    [`${D}; client_max_window_bits`, `${D}; client_max_window_bits=9`, "deflate"],
    [`${D}; client_max_window_bits`, `${D}; client_max_window_bits`, "fault"],
    [D, `${D}; client_no_context_takeover; server_no_context_takeover`, "deflate"],
  ])("the offer %s and the answer %s: %s", (offered, answered, kind) => {
    expect(judgeAnswer(offered, answered).kind).toBe(kind);
  });

  test.each([
    [null, false, 0, null],
    ["other", false, 0, null],
    [`${D}; unknown, ${D}`, false, 0, D],
    [`${D}; client_no_context_takeover`, true, 0, `${D}; client_no_context_takeover`],
    [D, true, 9, D],
    [`${D}; client_max_window_bits`, false, 9, `${D}; client_max_window_bits=9`],
    [`${D}; client_max_window_bits=8`, false, 9, `${D}; client_max_window_bits=8`],
    [`${D}; server_max_window_bits=9`, false, 0, `${D}; server_max_window_bits=9`],
  ])("the kit answers %s", (offered, noTakeover, windowBits, header) => {
    expect(answerOffers(offered, { noTakeover, windowBits })?.header ?? null).toBe(header);
  });
});
