import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { CHUNK_HEADER, decodeChunk, encodeChunk } from "../src/protocol/chunk.ts";
import { directRoom, foldName, isDirect, isRoom, toName, toRoom } from "../src/protocol/names.ts";
import { parseRequest } from "../src/protocol/requests.ts";

describe("names of rooms", () => {
  test.each([
    ["Garden Club", "garden-club"],
    ["  #lobby ", "lobby"],
    ["园艺", "园艺"],
    ["ＦＵＬＬ", "full"],
    ["a_b-2", "a_b-2"],
    ["", null],
    ["-a", null],
    ["@ann~ben", null],
    ["!news", null],
    ["../etc", null],
    ["a\u202eb", null],
    ["x".repeat(41), null],
  ])("%j is %j", (typed, room) => {
    expect(toRoom(typed)).toBe(room);
    expect(isRoom(room ?? typed)).toBe(room !== null);
  });

  test("of two are the same for both, and tell who they are", () => {
    expect(directRoom("b", "a")).toBe(directRoom("a", "b"));
    expect(isDirect(directRoom("a-_1", "b"))).toBe(true);
  });
});

describe("names of people", () => {
  test.each([
    [" Ann   Lee ", "Ann Lee"],
    ["小明", "小明"],
    ["Zoë", "Zoë"],
    ["Zoe\u0308", "Zoë"],
    ["O'Brien-Smith Jr.", "O'Brien-Smith Jr."],
    ["🦊", "🦊"],
    ["", null],
    [" ", null],
    ["<b>", null],
    ["a\u0000b", null],
    ["a\u202eb", null],
    ["a\u200bb", null],
    [".hidden", null],
    ["x".repeat(33), null],
  ])("%j is %j", (typed, name) => expect(toName(typed)).toBe(name));

  test.each([
    ["Ann", "ANN"],
    ["Ann", "Ａｎｎ"],
    ["Zoë", "zoe\u0308"],
  ])("%j reads the same as %j", (one, other) => expect(foldName(one)).toBe(foldName(other)));
});

describe("requests", () => {
  const seq = "0".repeat(20);
  test.each([
    [{ type: "hello", name: "Ann" }],
    [{ type: "join", room: "lobby", after: "" }],
    [{ type: "join", room: "@a~b", last: 0 }],
    [{ type: "send", id: "1", room: "lobby", text: "x" }],
    [{ type: "send", id: "1", room: "lobby", file: "0".repeat(32) }],
    [{ type: "edit", id: "1", room: "lobby", seq, text: "x" }],
  ])("%j is one", (request) => expect(parseRequest(JSON.stringify(request))).toEqual({ ok: true, request }));

  test.each([
    ["", undefined, "This is not JSON."],
    ["[]", undefined, "expected object"],
    ["null", undefined, "expected object"],
    ['{"type":"shout","id":"7"}', "7", '"type"'],
    ['{"type":"send","id":"7","room":"lobby"}', "7", "neither text nor file"],
    ['{"type":"send","id":"7","room":"lobby","text":"  "}', "7", "neither text nor file"],
    ['{"type":"send","room":"lobby","text":"x"}', undefined, '"id"'],
    ['{"type":"send","id":"../7","room":"lobby","text":"x"}', undefined, '"id"'],
    ['{"type":"send","id":"7","room":"../x","text":"x"}', "7", '"room"'],
    ['{"type":"send","id":"7","room":{},"text":"x"}', "7", '"room"'],
    [`{"type":"send","id":"7","room":"lobby","text":"${"x".repeat(4001)}"}`, "7", '"text"'],
    ['{"type":"history","id":"7","room":"lobby","before":5}', "7", '"before"'],
    ['{"type":"history","id":"7","room":"lobby","before":"\'; DROP TABLE events"}', "7", '"before"'],
    ['{"type":"__proto__","id":"7"}', "7", '"type"'],
  ])("%s is none", (message, id, problem) => {
    expect(parseRequest(message)).toEqual({ ok: false, id, problem: expect.stringContaining(problem) });
  });

  property.prop([fc.oneof(fc.json(), fc.string())])("never throws", (message) => {
    expect(parseRequest(message).ok).toBeTypeOf("boolean");
  });
});

describe("pieces of files", () => {
  const id = fc.stringMatching(/^[0-9a-f]{32}$/);
  const content = fc.uint8Array({ minLength: 1, maxLength: 300 });

  property.prop([id, fc.maxSafeNat().map((offset) => offset % 2 ** 48), content])(
    "come back as they were",
    (name, offset, octets) => {
      const message = encodeChunk({ id: name, offset, content: octets });
      expect(message.length).toBe(CHUNK_HEADER + octets.length);
      expect(decodeChunk(message)).toEqual({ id: name, offset, content: octets });
    },
  );

  test.each([
    [[]],
    [[1]],
    [Array.from({ length: CHUNK_HEADER }, () => 1)],
    [[2, ...Array.from({ length: CHUNK_HEADER }, () => 0)]],
  ])("%j is none", (octets) => expect(decodeChunk(Uint8Array.from(octets))).toBeNull());
});
