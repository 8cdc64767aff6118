import { Opcode, ProtocolError } from "@plyws/frame";
import { filled, hex, octets } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { MAX_EMPTY_FRAGMENTS, MessageAssembler } from "../src/index.ts";
import { errorCode, text } from "./support.ts";

const { Text, Binary, Continuation } = Opcode;

/** Begins a message that is checked and not kept. */
function unkept(opcode: typeof Text | typeof Binary, maxMessageSize = 4): MessageAssembler {
  const assembler = new MessageAssembler({ maxMessageSize });
  assembler.beginFrame({ fin: false, opcode, payloadLength: 6 }, false);
  return assembler;
}

describe("a message that is checked and not kept", () => {
  test("has no limit, costs nothing, and comes out empty", () => {
    const assembler = unkept(Binary);
    expect([assembler.opcode, assembler.keeping, assembler.inProgress]).toEqual([Binary, false, true]);
    assembler.append(filled(6, 1));
    expect(assembler.endFrame()).toBeNull();
    const header = { fin: true, opcode: Continuation, payloadLength: 100_000 };
    expect(() => assembler.check(header), "it is the beginning that counts").not.toThrow();
    assembler.beginFrame(header, true);
    expect(assembler.keeping).toBe(false);
    assembler.append(filled(100_000, 1), true);
    expect(assembler.retainedSize).toBe(0);
    expect(assembler.endFrame()).toEqual({ opcode: Binary, payload: octets("") });
  });

  test("is followed by one that is kept, and limited", () => {
    const assembler = unkept(Text);
    assembler.append(octets("abcdef"));
    assembler.endFrame();
    assembler.push({ fin: true, opcode: Continuation, payload: octets("") });
    expect([assembler.opcode, assembler.keeping]).toEqual([null, true]);
    expect(assembler.push(text("1234"))).toEqual({ opcode: Text, payload: octets("1234") });
    expect(errorCode(() => assembler.push(text("12345")))).toBe("message-too-big");
  });

  test("is checked for UTF-8, piece by piece and at its end", () => {
    const wrong = unkept(Text);
    wrong.append(hex("ce ba f4"));
    expect(errorCode(() => wrong.append(hex("90")))).toBe("invalid-utf8");
    const cutShort = unkept(Text);
    cutShort.append(hex("61 61 61 61 e2 82"));
    cutShort.endFrame();
    expect(errorCode(() => cutShort.push({ fin: true, opcode: Continuation, payload: octets("") }))).toBe(
      "invalid-utf8",
    );
  });

  test("keeps the rules for the order and the number of its fragments", () => {
    const assembler = unkept(Binary);
    assembler.append(filled(6, 1));
    assembler.endFrame();
    expect(errorCode(() => assembler.push(text("new")))).toBe("continuation-expected");
    const empty = { fin: false, opcode: Continuation, payload: octets("") };
    for (let count = 0; count < MAX_EMPTY_FRAGMENTS; count++) assembler.push(empty);
    expect(() => assembler.push(empty)).toThrow(ProtocolError);
  });
});
