import { fc, test } from "@fast-check/vitest";
import { createHeader, decodeHeader, encodeFrame, NEED_MORE, Opcode, ProtocolError } from "@plyws/frame";
import { concat } from "@plyws/testkit";
import { describe, expect, vi } from "vitest";
import { diagram } from "../src/explain/diagram.ts";
import { explain } from "../src/explain/explain.ts";
import { readFile, readText } from "../src/input/read.ts";
import { fromFragment, toFragment } from "../src/link.ts";

vi.setConfig({ testTimeout: 60_000 });

const octets = fc.uint8Array({ maxLength: 400 });
/** Around the border between lengths in 16 and in 64 bits. */
const long = fc.integer({ min: 65_530, max: 65_540 }).map((size) => new Uint8Array(size).fill(size));
const sender = fc.constantFrom("client", "server");
const compression = fc.option(
  fc.record({ noContextTakeover: fc.boolean(), windowBits: fc.integer({ min: 8, max: 15 }) }),
);
const context = fc.record({ from: sender, compression });
const data = fc.record({
  fin: fc.boolean(),
  rsv: fc.constantFrom(0, 0x10, 0x20, 0x30, 0x40, 0x70),
  opcode: fc.constantFrom(Opcode.Continuation, Opcode.Text, Opcode.Binary),
  payload: fc.oneof(octets, long),
});
const control = fc.record({
  fin: fc.constant(true),
  rsv: fc.constant(0),
  opcode: fc.constantFrom(Opcode.Close, Opcode.Ping, Opcode.Pong),
  payload: fc.uint8Array({ maxLength: 125 }),
});
const frames = fc.array(
  fc.record({ frame: fc.oneof(data, control), key: fc.option(fc.integer(), { nil: undefined }) }),
  { maxLength: 6 },
);
/** Octets that look a little like frames, so that more than the first of them is reached. */
const likely = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 40 }),
      fc.uint8Array({ maxLength: 50 }),
    ),
  )
  .map((parts) => concat(...parts.map(([first, second, rest]) => Uint8Array.of(first, second, ...rest))));

describe("any octets", () => {
  test.prop([fc.oneof(octets, likely), context])("are explained to the last, each once", (wire, how) => {
    const { frames: found, rest, messages } = explain(wire, how);
    let at = 0;
    for (const frame of found) {
      expect(frame.offset).toBe(at);
      expect(frame.header.size + frame.sent.length).toBe(frame.size);
      expect(frame.payload.length).toBe(frame.sent.length);
      at += frame.size;
      for (const { offset } of frame.faults) expect(offset).toBeLessThanOrEqual(wire.length);
    }
    expect(at + (rest?.size ?? 0)).toBe(wire.length);
    const members = messages.flatMap((message) => [...message.frames]);
    expect(new Set(members).size).toBe(members.length);
  });

  test.prop([fc.oneof(octets, likely)])("fail where decodeHeader fails, with what it fails with", (wire) => {
    const [frame] = explain(wire, { from: "server", compression: null }).frames;
    if (frame === undefined) return;
    const header = createHeader();
    try {
      const size = decodeHeader(wire, 0, header);
      if (size === NEED_MORE) expect(frame.header.missing).toBeGreaterThan(0);
      else
        expect(frame.header).toMatchObject({
          ...header,
          size,
          missing: 0,
          maskingKey: expectedKey(frame),
          payloadLength: BigInt(header.payloadLength),
        });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      expect(frame.faults.map(({ code }) => code)).toContain(error.code);
    }
  });

  test.prop([fc.oneof(octets, likely), fc.constantFrom<(16 | 32)[]>(16, 32)])(
    "have a diagram with all their bits",
    (wire, columns) => {
      for (const frame of explain(wire, { from: "server", compression: null }).frames) {
        const rows = diagram(wire, frame, columns);
        const bits = rows.flatMap((row) => row.map((cell) => cell.bits)).join("");
        const whole = Array.from(wire.subarray(frame.offset, frame.offset + frame.size), (octet) =>
          octet.toString(2).padStart(8, "0"),
        ).join("");
        expect(whole.startsWith(bits)).toBe(true);
        expect(bits.length).toBeGreaterThanOrEqual(Math.floor(frame.header.size / 8) * 8);
      }
    },
  );

  test.prop([fc.oneof(octets, likely)])("are a file that is read or refused with a reason", (file) => {
    const found = readFile("any", file);
    if (found.ok) expect(found.directions.length).toBeGreaterThan(0);
    else expect(found.problem).not.toBe("");
  });

  test.prop([octets.filter(({ length }) => length > 0), context, fc.option(fc.nat(9999))])(
    "come back from a link",
    (wire, how, frame) => {
      const view = { octets: wire, context: how, frame };
      expect(fromFragment(`#${toFragment(view)}`)).toEqual(view);
    },
  );
});

const expectedKey = ({ header }: { header: { masked: boolean | null } }) =>
  header.masked === true ? expect.any(Uint8Array) : null;

describe("any text", () => {
  test.prop([
    fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from("0189abcdefx\\ ,:|#/=\n\t.")) })),
  ])("is read or refused with a reason", (text) => {
    const found = readText(text);
    if (!found.ok) expect(found.problem).not.toBe("");
  });

  test.prop([fc.string()])("is a fragment with a view or without", (text) => {
    const view = fromFragment(text);
    if (view !== null) expect(view.octets.length).toBeGreaterThan(0);
  });
});

describe("frames that @plyws/frame encodes", () => {
  test.prop([frames])("are explained with their values", (parts) => {
    const wires = parts.map(({ frame, key }) => encodeFrame(frame, key));
    const { frames: found } = explain(concat(...wires), { from: "client", compression: null });
    expect(
      found.map(({ header, payload, size }) => ({ ...pick(header), payload: asText(payload), size })),
    ).toEqual(
      parts.map(({ frame, key }, index) => ({
        ...frame,
        payload: asText(frame.payload),
        masked: key !== undefined,
        size: wires[index]?.length,
      })),
    );
  });
});

/** Strings are compared at once, arrays one by one. */
const asText = (payload: Uint8Array) => Buffer.from(payload).toString("latin1");

const pick = ({
  fin,
  rsv,
  opcode,
  masked,
}: {
  fin: boolean;
  rsv: number;
  opcode: number;
  masked: boolean | null;
}) => ({
  fin,
  rsv,
  opcode,
  masked,
});
