import { constants, deflateRawSync } from "node:zlib";
import { BINARY, concat, FRAME_VECTORS, hex, MASK, octets, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { type Context, type Explanation, explain, violationsOf } from "../src/explain/explain.ts";
import { MAX_FRAMES, MAX_INFLATED, MAX_INFLATED_MESSAGE } from "../src/limits.ts";

const SERVER: Context = { from: "server", compression: null };
const CLIENT: Context = { from: "client", compression: null };
const DEFLATE: Context = { from: "server", compression: { noContextTakeover: false, windowBits: 15 } };
const FRESH: Context = { from: "server", compression: { noContextTakeover: true, windowBits: 15 } };

const faults = (explanation: Explanation) =>
  explanation.frames.flatMap(({ index, faults: list }) =>
    list.map(({ code, rfc, section, offset }) => `${index}: ${code} at ${offset}, RFC ${rfc} ${section}`),
  );
const contents = ({ messages }: Explanation) =>
  messages.map(({ content }) => (content === null ? null : new TextDecoder().decode(content)));

describe("the frames that RFC 6455 section 5.7 prints", () => {
  test.each(FRAME_VECTORS)("$title", ({ wire, frames }) => {
    const from = frames[0]?.mask ? "client" : "server";
    const explanation = explain(wire, { from, compression: null });
    expect(faults(explanation)).toEqual([]);
    expect(explanation.rest).toBeNull();
    expect(
      explanation.frames.map(({ header, payload }) => ({
        opcode: header.opcode,
        fin: header.fin,
        mask: header.maskingKey,
        payload,
      })),
    ).toEqual(
      frames.map(({ opcode, fin = true, mask = null, payload = "" }) => ({
        opcode,
        fin,
        mask,
        payload: octets(payload),
      })),
    );
  });

  test("all fields of the masked one", () => {
    const [frame] = explain(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), CLIENT).frames;
    expect(frame?.header.fields).toEqual([
      { name: "FIN", bit: 0, bits: 1, value: "1", meaning: "last fragment of its message" },
      { name: "RSV1", bit: 1, bits: 1, value: "0", meaning: "not used" },
      { name: "RSV2", bit: 2, bits: 1, value: "0", meaning: "not used" },
      { name: "RSV3", bit: 3, bits: 1, value: "0", meaning: "not used" },
      { name: "opcode", bit: 4, bits: 4, value: "0x1", meaning: "Text: begins a message" },
      { name: "MASK", bit: 8, bits: 1, value: "1", meaning: "a masking key follows, the payload is masked" },
      { name: "Payload len", bit: 9, bits: 7, value: "5", meaning: "5 octets of payload" },
      {
        name: "Masking-key",
        bit: 16,
        bits: 32,
        value: "37 fa 21 3d",
        meaning: "XORed with the payload, octet by octet",
      },
    ]);
    expect(frame).toMatchObject({
      offset: 0,
      size: 11,
      missing: 0n,
      payloadOffset: 6,
      message: 0,
      ignored: false,
    });
    expect(frame?.sent).toEqual(hex("7f 9f 4d 51 58"));
  });

  test.each([
    ["82 7e 01 00", "256", 16, 16],
    ["82 7f 00 00 00 00 00 01 00 00", "65536", 16, 64],
    ["82 ff 00 00 00 00 00 01 00 00 37 fa 21 3d", "65536", 16, 64],
  ])("the extended length of %s", (wire, value, bit, bits) => {
    const from = wire.includes("ff") ? "client" : "server";
    const [frame] = explain(hex(wire), { from, compression: null }).frames;
    expect(frame?.header.fields.find(({ name }) => name === "Extended payload length")).toEqual({
      name: "Extended payload length",
      bit,
      bits,
      value,
      meaning: `${value} octets of payload`,
    });
    expect(frame?.missing).toBe(BigInt(value));
  });
});

describe("the messages that RFC 7692 section 7.2.3 prints", () => {
  test.each([
    ["one block", "c1 07 f2 48 cd c9 c9 07 00", ["Hello"]],
    ["two fragments", "41 03 f2 48 cd 80 04 c9 c9 07 00", ["Hello"]],
    ["context takeover", "c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00", ["Hello", "Hello"]],
    ["a stored block", "c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00", ["Hello"]],
    ["a block with BFINAL", "c1 08 f3 48 cd c9 c9 07 00 00", ["Hello"]],
    ["two blocks", "c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00", ["Hello"]],
    ["a message that is not compressed in between", "c1 07 f2 48 cd c9 c9 07 00 81 01 61", ["Hello", "a"]],
    ["a Ping between the fragments", "41 03 f2 48 cd 89 00 80 04 c9 c9 07 00", ["Hello"]],
    ["the empty message", "c1 01 00", [""]],
  ])("%s", (_, wire, expected) => {
    const explanation = explain(hex(wire), DEFLATE);
    expect(contents(explanation)).toEqual(expected);
    expect(faults(explanation)).toEqual([]);
    expect(explanation.messages[0]).toMatchObject({ compressed: true, complete: true, type: "text" });
  });
});

describe("what is wrong", () => {
  test.each<[string, string, Context, string[]]>([
    ["RSV1 without an extension", "c1 00", SERVER, ["0: reserved-bits at 0, RFC 6455 5.2"]],
    ["RSV2 with permessage-deflate", "a1 00", DEFLATE, ["0: reserved-bits at 0, RFC 6455 5.2"]],
    ["RSV1 on a Ping", "c9 00", DEFLATE, ["0: rsv1-misplaced at 0, RFC 7692 6.1"]],
    ["RSV1 on a continuation", "01 00 c0 00", DEFLATE, ["1: rsv1-misplaced at 2, RFC 7692 6.1"]],
    ["RSV1 on a Close", "c8 00", DEFLATE, ["0: rsv1-misplaced at 0, RFC 7692 6.1"]],
    ["reserved data opcode", "83 00", SERVER, ["0: reserved-opcode at 0, RFC 6455 5.2"]],
    ["reserved control opcode", "8b 00", SERVER, ["0: reserved-opcode at 0, RFC 6455 5.2"]],
    ["a client that does not mask", "81 00", CLIENT, ["0: mask-missing at 1, RFC 6455 5.1"]],
    ["a server that masks", "81 80 01 02 03 04", SERVER, ["0: mask-unexpected at 1, RFC 6455 5.1"]],
    ["a fragmented Ping", "09 00", SERVER, ["0: control-fragmented at 0, RFC 6455 5.5"]],
    ["a long Ping", `89 7e 00 7e ${"00".repeat(126)}`, SERVER, ["0: control-too-long at 1, RFC 6455 5.5"]],
    [
      "a Ping whose length is cut off",
      "89 7f 00",
      SERVER,
      ["0: control-too-long at 1, RFC 6455 5.5", "0: incomplete at 3, RFC 6455 5.2"],
    ],
    [
      "a Ping with 16 bits of length that it does not need",
      "89 7e 00 01 00",
      SERVER,
      ["0: control-too-long at 1, RFC 6455 5.5", "0: length-not-minimal at 2, RFC 6455 5.2"],
    ],
    [
      "a length of 5 in 16 bits",
      "82 7e 00 05 01 02 03 04 05",
      SERVER,
      ["0: length-not-minimal at 2, RFC 6455 5.2"],
    ],
    [
      "a length of 65,535 in 64 bits, cut",
      "82 7f 00 00 00 00 00 00 ff ff",
      SERVER,
      ["0: length-not-minimal at 2, RFC 6455 5.2", "0: incomplete at 10, RFC 6455 5.2"],
    ],
    [
      "a length with its top bit",
      "82 7f 80 00 00 00 00 00 00 00 81 00",
      SERVER,
      ["0: length-top-bit at 2, RFC 6455 5.2", "0: boundary-lost at 10, RFC 6455 5.2"],
    ],
    [
      "a length of 2^53",
      "82 7f 00 20 00 00 00 00 00 00 81 00",
      SERVER,
      ["0: length-unsafe at 2, RFC 6455 5.2", "0: incomplete at 12, RFC 6455 5.2"],
    ],
    ["close code 1005", "88 02 03 ed", SERVER, ["0: close-code at 2, RFC 6455 7.4"]],
    ["close code 1016", "88 02 03 f8", SERVER, ["0: close-code at 2, RFC 6455 7.4"]],
    ["close code 5000", "88 02 13 88", SERVER, ["0: close-code at 2, RFC 6455 7.4"]],
    ["half a close code", "88 01 03", SERVER, ["0: close-payload at 2, RFC 6455 5.5.1"]],
    ["a reason that is not UTF-8", "88 04 03 e8 61 ff", SERVER, ["0: close-reason at 5, RFC 6455 5.5.1"]],
    [
      "a reason that ends in a code point",
      "88 04 03 e8 61 c3",
      SERVER,
      ["0: close-reason at 6, RFC 6455 5.5.1"],
    ],
    ["text that is not UTF-8", "81 03 61 ff 62", SERVER, ["0: invalid-utf8 at 3, RFC 6455 8.1"]],
    ["text that ends in a code point", "81 02 61 c3", SERVER, ["0: invalid-utf8 at 3, RFC 6455 8.1"]],
    [
      "text that goes wrong in its second fragment",
      "01 01 c3 80 02 a9 c0",
      SERVER,
      ["1: invalid-utf8 at 6, RFC 6455 8.1"],
    ],
    [
      "text that goes wrong before it is whole",
      "01 02 61 ff",
      SERVER,
      ["0: invalid-utf8 at 3, RFC 6455 8.1", "0: unfinished at 4, RFC 6455 5.4"],
    ],
    [
      "compressed text that is not UTF-8",
      "c1 07 00 01 00 fe ff ff 00",
      DEFLATE,
      ["0: invalid-utf8 at 8, RFC 6455 8.1"],
    ],
    ["a continuation of nothing", "80 00", SERVER, ["0: continuation-unexpected at 0, RFC 6455 5.4"]],
    ["a message inside a message", "01 00 81 00", SERVER, ["1: continuation-expected at 2, RFC 6455 5.4"]],
    ["a text after Close", "88 00 81 00", SERVER, ["1: after-close at 2, RFC 6455 5.5.1"]],
    ["a Ping after Close", "88 00 89 00", SERVER, ["1: control-after-close at 2, RFC 6455 5.5.1"]],
    ["an octet that is no DEFLATE", "c1 02 07 00", DEFLATE, ["0: invalid-deflate at 2, RFC 7692 7.2.2"]],
    [
      "a message that refers to one that is broken",
      "c1 02 07 00 c1 05 f2 00 11 00 00",
      DEFLATE,
      ["0: invalid-deflate at 2, RFC 7692 7.2.2", "1: not-inflated at 6, RFC 7692 7.2.2"],
    ],
    [
      "a message that refers to one that it must not refer to",
      "c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00",
      FRESH,
      ["1: invalid-deflate at 11, RFC 7692 7.2.2"],
    ],
    [
      "a message after a compressed one that was not finished",
      "41 03 f2 48 cd c1 05 f2 00 11 00 00",
      DEFLATE,
      ["1: continuation-expected at 5, RFC 6455 5.4", "1: not-inflated at 7, RFC 7692 7.2.2"],
    ],
    ["nothing masked with 0", "81 80 00 00 00 00", CLIENT, ["0: key-zero at 2, RFC 6455 5.3"]],
    [
      "the same key twice",
      "89 80 01 02 03 04 89 80 01 02 03 04",
      CLIENT,
      ["1: key-repeated at 8, RFC 6455 5.3"],
    ],
    ["an octet alone", "81", SERVER, ["0: incomplete at 1, RFC 6455 5.2"]],
    ["half a masking key", "81 85 01 02", CLIENT, ["0: incomplete at 4, RFC 6455 5.2"]],
    ["half a payload", "81 05 48 65", SERVER, ["0: incomplete at 4, RFC 6455 5.2"]],
    ["half a Close", "88 05 03 e8 c3", SERVER, ["0: incomplete at 5, RFC 6455 5.2"]],
    ["half a message", "01 01 61", SERVER, ["0: unfinished at 3, RFC 6455 5.4"]],
    ["nothing", "", SERVER, []],
  ])("%s: %s", (_, wire, context, expected) => {
    expect(faults(explain(hex(wire), context))).toEqual(expected);
  });

  test.each<[string, bigint]>([
    ["81", 1n],
    ["81 85", 4n],
    ["81 7e", 2n],
    ["81 fe 01", 5n],
    ["81 ff", 12n],
    ["81 85 01 02 03", 1n],
    ["81 05", 5n],
    ["81 05 48 65", 3n],
    ["81 7f 7f ff ff ff ff ff ff ff", 2n ** 63n - 1n],
  ])("%s lacks at least %d octets", (wire, missing) => {
    expect(explain(hex(wire), SERVER).frames[0]?.missing).toBe(missing);
  });

  test("says in words what, and with which code it is answered", () => {
    const [violation] = violationsOf(explain(hex("88 02 03 ee"), SERVER));
    expect(violation).toMatchObject({ closeCode: 1002, level: "violation" });
    expect(violation?.text).toBe(
      "Close code 1006 must not be in a Close frame (reserved: stands for a connection that was lost, never sent).",
    );
  });

  test("does not stop it: what follows is explained, and marked as ignored", () => {
    const { frames, messages } = explain(hex("83 01 00 81 01 61 88 02 03 e8"), SERVER);
    expect(frames.map(({ ignored }) => ignored)).toEqual([false, true, true]);
    expect(frames[2]?.closing).toEqual({
      code: 1000,
      meaning: "normal: the purpose is fulfilled",
      reason: "",
    });
    expect(messages).toHaveLength(1);
  });

  test("stops it where nobody knows the next boundary", () => {
    const { rest, frames, messages } = explain(hex("82 7f 80 00 00 00 00 00 00 00 81 00 00"), SERVER);
    expect(rest).toMatchObject({ offset: 10, size: 3 });
    expect(frames).toHaveLength(1);
    expect(messages[0]?.complete).toBe(false);
  });
});

describe("bounds", () => {
  test("so many frames and no more", () => {
    const { frames, rest } = explain(new Uint8Array(2 * MAX_FRAMES + 6).fill(0), SERVER);
    expect(frames).toHaveLength(MAX_FRAMES);
    expect(rest).toMatchObject({ offset: 2 * MAX_FRAMES, size: 6 });
  });

  test("a message that inflates a thousandfold is kept up to a limit, and so are all of them together", () => {
    const size = 4 * MAX_INFLATED_MESSAGE;
    const deflated = deflateRawSync(new Uint8Array(size), { finishFlush: constants.Z_SYNC_FLUSH });
    const bomb = text(deflated.subarray(0, -4), { rsv: 4 });
    const number = MAX_INFLATED / size + 2;
    const explanation = explain(concat(...Array.from({ length: number }, () => bomb)), FRESH);
    expect(explanation.messages).toHaveLength(number);
    expect(explanation.messages[0]).toMatchObject({ size, complete: true });
    expect(explanation.messages[0]?.content).toHaveLength(MAX_INFLATED_MESSAGE);
    expect(explanation.messages.at(-1)?.content).toBeNull();
    expect(faults(explanation).at(-1)).toContain("not-inflated");
  });

  test("a masked payload is unmasked from the first octet on", () => {
    const payload = Uint8Array.from({ length: 300 }, (_, index) => index % 251);
    const wire = concat(
      hex("82 fe 01 2c"),
      MASK,
      payload.map((octet, index) => octet ^ MASK[index % 4]!),
    );
    const [frame] = explain(wire, CLIENT).frames;
    expect(frame?.header.opcode).toBe(BINARY);
    expect(frame?.payload).toEqual(payload);
  });
});
