import { Opcode, ProtocolError } from "@plyws/frame";
import { filled } from "@plyws/testkit";
import { describe, expect, test, vi } from "vitest";
import { DEFAULT_MAX_MESSAGE_SIZE, MAX_EMPTY_FRAGMENTS, MessageAssembler } from "../src/index.ts";
import { binary, errorCode, last, message, more, text } from "./support.ts";

const { Text, Binary, Continuation } = Opcode;

describe("the limits", () => {
  test("are 1 MiB and 65536 empty fragments by default", () => {
    expect(DEFAULT_MAX_MESSAGE_SIZE).toBe(1_048_576);
    expect(new MessageAssembler().maxMessageSize).toBe(1_048_576);
    expect(new MessageAssembler({ maxMessageSize: undefined }).maxMessageSize).toBe(1_048_576);
    expect(MAX_EMPTY_FRAGMENTS).toBe(65_536);
  });

  test.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53])("refuse %d as a size", (maxMessageSize) => {
    expect(() => new MessageAssembler({ maxMessageSize })).toThrow(RangeError);
  });

  test.each([
    [0, 2 ** 53 - 1, null],
    [1, 2 ** 53 - 1, "message-too-big"],
    [1, 2 ** 53 - 2, null],
  ])("are exact up to 2^53 - 1: %d octets, then %d announced", (first, payloadLength, code) => {
    const assembler = new MessageAssembler({ maxMessageSize: Number.MAX_SAFE_INTEGER });
    assembler.push(binary(filled(first, 1), false));
    expect(errorCode(() => assembler.check({ fin: true, opcode: Continuation, payloadLength }))).toBe(code);
  });

  test("refuse a message by the header of the frame that makes it too big, before any of its payload", () => {
    const assembler = new MessageAssembler({ maxMessageSize: 100 });
    assembler.push(binary(filled(60, 1), false));
    const header = { fin: false, opcode: Continuation, payloadLength: 41 };
    expect(() => assembler.beginFrame(header)).toThrow(ProtocolError);
    expect(() => assembler.check({ ...header, payloadLength: 40 })).not.toThrow();
  });

  test("allow as many empty fragments as they say, and a last one", () => {
    const assembler = new MessageAssembler();
    assembler.push(text("", false));
    for (let count = 1; count < MAX_EMPTY_FRAGMENTS; count++) assembler.push(more(""));
    expect(() => assembler.check({ fin: false, opcode: Continuation, payloadLength: 0 })).toThrow("too many");
    expect(assembler.push(more("a"))).toBeNull();
    expect(() => assembler.push(more(""))).toThrow(expect.objectContaining({ closeCode: 1008 }));
    expect(assembler.push(last(""))).toEqual(message(Text, "a"));
    expect(assembler.push(text("", false)), "counted for each message alone").toBeNull();
  });

  test("become message-too-big where the platform has no such memory", () => {
    class Small extends Uint8Array {
      constructor(size: number) {
        if (size > 100_000) throw new RangeError("Array buffer allocation failed");
        super(size);
      }
    }
    const pieces = [filled(20_000, 1), filled(81_000, 1)] as const;
    const assembler = new MessageAssembler({ maxMessageSize: Number.MAX_SAFE_INTEGER });
    assembler.beginFrame({ fin: true, opcode: Binary, payloadLength: 2 ** 53 - 1 });
    vi.stubGlobal("Uint8Array", Small);
    try {
      assembler.append(pieces[0]);
      expect(() => assembler.append(pieces[1])).toThrow(expect.objectContaining({ code: "message-too-big" }));
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
