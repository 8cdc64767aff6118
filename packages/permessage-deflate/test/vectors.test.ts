import { concat, everyCut, hex, octetByOctet, octets } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { agreed, decoded, deflated, ENGINES, inflated } from "./support.ts";

const HELLO = octets("Hello");

/** RFC 7692: payloads of one connection, in order; each is a message "Hello" unless it says otherwise. */
const VECTORS: readonly (readonly [string, readonly string[], string])[] = [
  ["7.2.3.1, one compressed block", ["F2 48 CD C9 C9 07 00"], "Hello"],
  ["7.2.3.2, sharing the window", ["F2 48 CD C9 C9 07 00", "F2 00 11 00 00"], "Hello"],
  ["7.2.3.2, the same octets again", ["F2 48 CD C9 C9 07 00", "F2 48 CD C9 C9 07 00"], "Hello"],
  ["7.2.3.3, a block without compression", ["00 05 00 FA FF 48 65 6C 6C 6F 00"], "Hello"],
  ["7.2.3.4, a block with BFINAL", ["F3 48 CD C9 C9 07 00 00"], "Hello"],
  ["7.2.3.5, two blocks", ["F2 48 05 00 00 00 FF FF CA C9 C9 07 00"], "Hello"],
  ["7.2.3.6, an empty message", ["00"], ""],
  [
    "all of them in turn",
    [
      "F2 48 CD C9 C9 07 00",
      "F2 00 11 00 00",
      "00 05 00 FA FF 48 65 6C 6C 6F 00",
      "F3 48 CD C9 C9 07 00 00",
      "F2 48 05 00 00 00 FF FF CA C9 C9 07 00",
    ],
    "Hello",
  ],
];

describe.each(ENGINES)("with %s", (_, engine) => {
  describe.each(VECTORS)("RFC 7692 section %s", (__, payloads, text) => {
    test("is inflated whole", () => {
      const inflater = engine.createInflater({ windowBits: 15 });
      for (const payload of payloads) expect(inflated(inflater, hex(payload))).toEqual(octets(text));
      inflater.close();
    });

    test("is inflated with every cut, and octet by octet with empty pieces between", () => {
      const cuttings = payloads.map((payload) => [
        ...everyCut(hex(payload)),
        octetByOctet(hex(payload)).flatMap((octet) => [new Uint8Array(0), octet, new Uint8Array(0)]),
      ]);
      const inflater = engine.createInflater({ windowBits: 15 });
      for (let cutting = 0; cutting < Math.max(...cuttings.map(({ length }) => length)); cutting++) {
        inflater.reset();
        for (const cut of cuttings) {
          expect(inflated(inflater, ...cut[cutting % cut.length]!)).toEqual(octets(text));
        }
      }
      inflater.close();
    });

    test("is decoded by a connection whose peer keeps its context", () => {
      const { client, server } = agreed(engine, {
        clientNoContextTakeover: false,
        serverNoContextTakeover: false,
      });
      for (const end of [client, server]) {
        for (const payload of payloads) expect(decoded(end, hex(payload))).toEqual(octets(text));
        end.dispose();
      }
    });
  });

  test("deflating gives the octets of 7.2.3.1 and 7.2.3.2", () => {
    const deflater = engine.createDeflater({ windowBits: 15, level: 6 });
    expect(deflated(deflater, HELLO, true)).toEqual(hex("F2 48 CD C9 C9 07 00"));
    expect(deflated(deflater, HELLO, true)).toEqual(hex("F2 00 11 00 00"));
    deflater.close();
  });

  test("each fragment of a message in pieces is flushed, so that it can be inflated when it arrives", () => {
    const { client, server } = agreed(engine);
    const first = client.encodePiece(octets("Hel"), false).slice();
    expect(first.subarray(-4)).toEqual(hex("00 00 FF FF"));
    server.decodePiece(first, false);
    expect(server.read()).toEqual(octets("Hel"));
    expect(server.pending).toBe(false);
    const second = client.encodePiece(octets("lo"), true).slice();
    expect(second.subarray(-4)).not.toEqual(hex("00 00 FF FF"));
    server.decodePiece(second, true);
    expect(server.read()).toEqual(octets("lo"));
    expect(server.pending).toBe(false);
  });

  test("the fragments of 7.2.3.1 are one message", () => {
    const { server } = agreed(engine);
    expect(decoded(server, hex("F2 48 CD"), hex("C9 C9 07 00"))).toEqual(HELLO);
  });

  test("an empty message in pieces is the octet of 7.2.3.6", () => {
    const { client, server } = agreed(engine);
    const pieces = [
      client.encodePiece(new Uint8Array(0), false),
      client.encodePiece(new Uint8Array(0), true),
    ];
    expect(concat(...pieces)).toEqual(hex("00"));
    expect(decoded(server, ...pieces)).toEqual(new Uint8Array(0));
  });
});
