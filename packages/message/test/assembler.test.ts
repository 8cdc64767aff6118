import { Opcode, ProtocolError } from "@plyws/frame";
import { filled, hex, octets } from "@plyws/testkit";
import { describe, expect, test, vi } from "vitest";
import { type IsUtf8, type Message, MessageAssembler } from "../src/index.ts";
import { binary, errorCode, type Fragment, feed, last, message, more, text } from "./support.ts";

const { Text, Binary, Continuation } = Opcode;

interface Row {
  readonly title: string;
  readonly frames: readonly Fragment[];
  /** What each frame gives: nothing, a message, or the code of the error, after which nothing follows. */
  readonly gives: readonly (null | Message | string)[];
  readonly maxMessageSize?: number;
}

const ROWS: readonly Row[] = [
  { title: "one frame", frames: [text("Hello")], gives: [message(Text, "Hello")] },
  { title: "an empty frame", frames: [binary("")], gives: [message(Binary, "")] },
  {
    title: "two fragments",
    frames: [text("Hel", false), last("lo")],
    gives: [null, message(Text, "Hello")],
  },
  {
    title: "three empty fragments",
    frames: [text("", false), more(""), last("")],
    gives: [null, null, message(Text, "")],
  },
  {
    title: "a fragment between empty ones",
    frames: [binary("", false), more("data"), last("")],
    gives: [null, null, message(Binary, "data")],
  },
  {
    title: "messages one after the other, each with its own opcode",
    frames: [binary(hex("ff"), false), last(hex("fe")), text("a"), binary("", false), last("b")],
    gives: [null, message(Binary, hex("ff fe")), message(Text, "a"), null, message(Binary, "b")],
  },
  {
    title: "a code point cut by every fragment",
    frames: [text(hex("f0"), false), more(hex("9f")), more(""), more(hex("98")), last(hex("80"))],
    gives: [null, null, null, null, message(Text, hex("f0 9f 98 80"))],
  },
  { title: "nothing to continue", frames: [last("x")], gives: ["continuation-unexpected"] },
  {
    title: "nothing to continue, not even with nothing",
    frames: [more("")],
    gives: ["continuation-unexpected"],
  },
  {
    title: "nothing to continue any more",
    frames: [text("a", false), last("b"), last("c")],
    gives: [null, message(Text, "ab"), "continuation-unexpected"],
  },
  {
    title: "a text inside a text",
    frames: [text("a", false), text("b")],
    gives: [null, "continuation-expected"],
  },
  {
    title: "a binary inside an empty beginning",
    frames: [text("", false), binary("b", false)],
    gives: [null, "continuation-expected"],
  },
  {
    title: "text that is wrong in its first fragment",
    frames: [text(hex("41 ff"), false)],
    gives: ["invalid-utf8"],
  },
  {
    title: "text that becomes wrong by its second fragment",
    frames: [text(hex("f4"), false), last(hex("90 80 80"))],
    gives: [null, "invalid-utf8"],
  },
  {
    title: "text that ends inside a code point",
    frames: [text(hex("e2 82"), false), last("")],
    gives: [null, "invalid-utf8"],
  },
  {
    title: "binary is no text",
    frames: [binary(hex("ff c0 ed a0 80"))],
    gives: [message(Binary, hex("ff c0 ed a0 80"))],
  },
  {
    title: "a text after a binary that was no text",
    frames: [binary(hex("e2 82"), false), last(""), text(hex("ac"))],
    gives: [null, message(Binary, hex("e2 82")), "invalid-utf8"],
  },
  {
    title: "exactly the limit in one frame",
    maxMessageSize: 5,
    frames: [text("12345")],
    gives: [message(Text, "12345")],
  },
  {
    title: "one octet above the limit",
    maxMessageSize: 5,
    frames: [text("123456")],
    gives: ["message-too-big"],
  },
  {
    title: "exactly the limit in fragments, and an empty one after it",
    maxMessageSize: 5,
    frames: [text("12", false), more("345"), last("")],
    gives: [null, null, message(Text, "12345")],
  },
  {
    title: "one octet above the limit in fragments",
    maxMessageSize: 5,
    frames: [text("12", false), more("345"), last("6")],
    gives: [null, null, "message-too-big"],
  },
  {
    title: "the limit counts for each message alone",
    maxMessageSize: 2,
    frames: [text("12"), text("1", false), last("2"), binary("34")],
    gives: [message(Text, "12"), null, message(Text, "12"), message(Binary, "34")],
  },
  {
    title: "a limit of nothing lets nothing through",
    maxMessageSize: 0,
    frames: [text("")],
    gives: [message(Text, "")],
  },
  { title: "a limit of nothing", maxMessageSize: 0, frames: [text("1")], gives: ["message-too-big"] },
];

describe.each([
  { way: "whole frames", give: (assembler: MessageAssembler, frame: Fragment) => assembler.push(frame) },
  {
    way: "octet by octet",
    give: (assembler: MessageAssembler, frame: Fragment) => feed(assembler, frame, 1),
  },
  {
    way: "in pieces of 3",
    give: (assembler: MessageAssembler, frame: Fragment) => feed(assembler, frame, 3),
  },
])("$way", ({ give }) => {
  test.each(ROWS)("$title", ({ frames, gives, maxMessageSize }) => {
    const assembler = new MessageAssembler({ maxMessageSize });
    let given: Message | null = null;
    const seen = frames.map((frame) => errorCode(() => (given = give(assembler, frame))) ?? given);
    expect(seen).toEqual(gives);
  });
});

describe("text", () => {
  test("fails at the first wrong octet of an incomplete frame", () => {
    const assembler = new MessageAssembler();
    assembler.beginFrame({ fin: true, opcode: Text, payloadLength: 1000 });
    assembler.append(hex("ce ba f4"));
    expect(() => assembler.append(hex("90"))).toThrow(expect.objectContaining({ code: "invalid-utf8" }));
  });

  test("is checked by the native check where pieces are long", () => {
    const isUtf8 = vi.fn<IsUtf8>(() => true);
    const assembler = new MessageAssembler({ isUtf8 });
    assembler.push(text("a".repeat(31)));
    expect(isUtf8).not.toHaveBeenCalled();
    assembler.push(binary(filled(100, 0x61)));
    expect(isUtf8).not.toHaveBeenCalled();
    assembler.push(text("a".repeat(32)));
    expect(isUtf8).toHaveBeenCalledOnce();
  });
});

/** An assembler inside a frame that still has two octets. */
function begun(): MessageAssembler {
  const assembler = new MessageAssembler();
  assembler.beginFrame({ fin: true, opcode: Binary, payloadLength: 2 });
  return assembler;
}

describe("the caller", () => {
  test.each([
    ["appends more than the frame has", () => begun().append(filled(3, 0))],
    ["appends without a frame", () => new MessageAssembler().append(filled(1, 0))],
    ["ends a frame that lacks octets", () => begun().endFrame()],
    ["ends no frame", () => new MessageAssembler().endFrame()],
    [
      "begins a frame inside another",
      () => begun().beginFrame({ fin: true, opcode: Continuation, payloadLength: 1 }),
    ],
    [
      "gives a control frame",
      () => new MessageAssembler().push({ fin: true, opcode: Opcode.Ping, payload: octets("") }),
    ],
  ])("is told when it %s", (_, misuse) => {
    expect(misuse).toThrow(RangeError);
    expect(misuse).not.toThrow(ProtocolError);
  });

  test("sees whether a message is in progress and what it costs", () => {
    const assembler = new MessageAssembler();
    expect([assembler.inProgress, assembler.retainedSize]).toEqual([false, 0]);
    assembler.push(text("", false));
    expect([assembler.inProgress, assembler.retainedSize]).toEqual([true, 0]);
    assembler.push(more("abc"));
    expect(assembler.inProgress).toBe(true);
    expect(assembler.retainedSize).toBeGreaterThanOrEqual(3);
    assembler.push(last(""));
    expect([assembler.inProgress, assembler.retainedSize]).toEqual([false, 0]);
  });

  test("may start over in the middle of everything", () => {
    const assembler = new MessageAssembler({ maxMessageSize: 4 });
    assembler.push(text(hex("e2"), false));
    assembler.beginFrame({ fin: true, opcode: Continuation, payloadLength: 3 });
    assembler.append(hex("82"));
    assembler.reset();
    expect([assembler.inProgress, assembler.retainedSize]).toEqual([false, 0]);
    expect(assembler.push(text("1234"))).toEqual(message(Text, "1234"));
  });

  test("owns the payload of a message, also an empty one", () => {
    const assembler = new MessageAssembler();
    const first = assembler.push(binary(""))?.payload;
    const second = assembler.push(binary(""))?.payload;
    expect(first).toEqual(octets(""));
    expect(first?.buffer).not.toBe(second?.buffer);
  });
});
