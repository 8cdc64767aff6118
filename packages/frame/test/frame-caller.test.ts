import { filled, hex, MASK, text, toHex } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { decodeFrame, encodeFrame, type Frame, Opcode } from "../src/index.ts";
import { detach, inside, keyOf } from "./support.ts";

const KEY = keyOf(MASK);
const hello: Frame = { fin: true, rsv: 0, opcode: Opcode.Text, payload: hex("48 65 6C 6C 6F") };

describe("whose memory it is", () => {
  const wire = text("Hello", { mask: MASK });
  test.each<[string, (octets: Uint8Array) => Uint8Array]>([
    ["a Uint8Array", (octets) => Uint8Array.from(octets)],
    ["a Buffer, whose slice is a view", (octets) => Buffer.from(octets)],
    ["a view at an odd offset", (octets) => inside(new ArrayBuffer(64), octets)],
    ["shared memory", (octets) => inside(new SharedArrayBuffer(64), octets)],
  ])("decodeFrame does not change %s and keeps nothing of it", (_, make) => {
    const src = make(wire);
    const found = decodeFrame(src);
    expect(toHex(src)).toBe(toHex(wire));
    const { payload } = found!.frame;
    expect(payload.constructor).toBe(Uint8Array);
    expect(payload.buffer).toBeInstanceOf(ArrayBuffer);
    expect([payload.byteOffset, payload.buffer.byteLength]).toEqual([0, 5]);
    src.fill(0);
    expect(toHex(payload)).toBe("48 65 6C 6C 6F");
  });

  test.each<[string, (octets: Uint8Array) => Uint8Array]>([
    ["a Uint8Array", (octets) => Uint8Array.from(octets)],
    ["a Buffer", (octets) => Buffer.from(octets)],
    ["a view at an odd offset", (octets) => inside(new ArrayBuffer(64), octets)],
    ["shared memory", (octets) => inside(new SharedArrayBuffer(64), octets)],
  ])("encodeFrame does not change %s and gives octets of their own", (_, make) => {
    const payload = make(hello.payload);
    const written = encodeFrame({ ...hello, payload }, KEY);
    expect(toHex(payload)).toBe("48 65 6C 6C 6F");
    expect(toHex(written)).toBe("81 85 37 FA 21 3D 7F 9F 4D 51 58");
    expect(written.constructor).toBe(Uint8Array);
    expect([written.byteOffset, written.buffer.byteLength]).toEqual([0, 11]);
  });

  test("a detached input holds nothing", () => {
    const src = Uint8Array.from(wire);
    detach(src);
    expect(decodeFrame(src)).toBeNull();
  });
});

describe("what the caller must not give", () => {
  test.each<[string, unknown]>([
    ["a string", "Hello"],
    ["an array", [0x81, 0x00]],
    ["an ArrayBuffer", new ArrayBuffer(5)],
    ["wider numbers", Uint16Array.of(0x81, 0)],
    ["a DataView", new DataView(new ArrayBuffer(5))],
  ])("%s instead of octets", (_, value) => {
    expect(() => Reflect.apply(decodeFrame, undefined, [value])).toThrow(TypeError);
    expect(() => encodeFrame(Object.assign({ ...hello }, { payload: value }))).toThrow(TypeError);
  });

  test.each([-1, 0.5, Number.NaN])("offset %d", (offset) => {
    expect(() => decodeFrame(hex("81 00"), offset)).toThrow(RangeError);
  });

  test.each<[string, Partial<Record<keyof Frame, unknown>>, number | undefined]>([
    ["a reserved opcode", { opcode: 3 }, undefined],
    ["a fragmented control frame", { opcode: 9, fin: false }, undefined],
    ["a control frame of 126 octets", { opcode: 8, payload: filled(126, 1) }, undefined],
    ["bits that are not reserved ones", { rsv: 0x80 }, undefined],
    ["a masking key that is none", {}, Number.NaN],
    ["a masking key from Math.random", {}, 0.7],
  ])("encodeFrame: %s", (_, wrong, key) => {
    expect(() => encodeFrame(Object.assign({ ...hello }, wrong), key)).toThrow(RangeError);
  });
});
