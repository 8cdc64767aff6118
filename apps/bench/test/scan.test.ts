import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { FrameScan, type FrameSink } from "../src/wire/scan.ts";
import { serverFrame } from "./frames.ts";

const TEXT = 0x81;
const BINARY = 0x82;
const payload = (size: number): Buffer => Buffer.alloc(size, "payload ");

/** Each message that a scan comes upon: its first octet and its payload. */
class Messages implements FrameSink {
  readonly found: [firstOctet: number, payload: string][] = [];
  #first = 0;
  #pieces: Buffer[] = [];

  begin(firstOctet: number): void {
    if ((firstOctet & 0x0f) !== 0) this.#first = firstOctet;
  }

  payload(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
  }

  end(firstOctet: number): void {
    if (firstOctet < 0x80) return;
    this.found.push([this.#first, Buffer.concat(this.#pieces).toString()]);
    this.#pieces = [];
  }
}

describe.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])("messages of %d octets", (size) => {
  const octets = Buffer.concat([TEXT, BINARY, TEXT].map((first) => serverFrame(first, payload(size))));

  test("in one chunk", () => {
    expect(new FrameScan().receive(octets)).toBe(3);
  });

  test("cut around each header", () => {
    for (const start of [0, octets.length / 3, (octets.length / 3) * 2]) {
      for (let cut = Math.max(0, start - 2); cut < start + 12; cut++) {
        const scan = new FrameScan();
        const counts = [scan.receive(octets.subarray(0, cut)), scan.receive(octets.subarray(cut))];
        expect(counts[0]! + counts[1]!).toBe(3);
      }
    }
  });
});

test("octet by octet", () => {
  const scan = new FrameScan();
  const octets = Buffer.concat([serverFrame(TEXT, payload(3)), serverFrame(BINARY, payload(200))]);
  const ends = [...octets].flatMap((octet, at) => (scan.receive(Buffer.of(octet)) === 1 ? [at] : []));
  expect(ends).toEqual([4, octets.length - 1]);
});

test("a message of several fragments counts once, and control frames between them not at all", () => {
  const scan = new FrameScan();
  const ping = serverFrame(0x89, payload(5));
  const fragments = [serverFrame(0x02, payload(9)), ping, serverFrame(0x00, payload(0)), ping];
  expect(scan.receive(Buffer.concat(fragments))).toBe(0);
  expect(scan.receive(serverFrame(0x80, payload(4)))).toBe(1);
  expect(scan.closed).toBe(false);
});

test("a Close frame is noticed", () => {
  const scan = new FrameScan();
  expect(scan.receive(serverFrame(0x88, Buffer.of(0x03, 0xe8)))).toBe(0);
  expect(scan.closed).toBe(true);
});

test("masked frames are no frames of a server", () => {
  expect(() => new FrameScan().receive(Buffer.of(TEXT, 0x81, 1, 2, 3, 4, 5))).toThrow("not made of frames");
});

const message = fc.record({
  binary: fc.boolean(),
  text: fc.string({ unit: "grapheme-ascii", maxLength: 300 }),
  fragments: fc.nat({ max: 3 }),
});

property.prop([fc.array(message, { maxLength: 20 }), fc.array(fc.nat({ max: 50 }))])(
  "however it is cut, all messages are found",
  (messages, cuts) => {
    const due: [number, string][] = [];
    const frames = messages.flatMap(({ binary, text, fragments }) => {
      const opcode = binary ? 0x02 : 0x01;
      const first = fragments === 0 ? opcode | 0x80 : opcode;
      due.push([first, text.repeat(fragments + 1)]);
      const octets = Buffer.from(text);
      return Array.from({ length: fragments + 1 }, (_, index) =>
        serverFrame((index === 0 ? opcode : 0) | (index === fragments ? 0x80 : 0), octets),
      );
    });
    const octets = Buffer.concat(frames);
    const sink = new Messages();
    const [looking, counting] = [new FrameScan(sink), new FrameScan()];
    let counts = [0, 0];
    for (let at = 0, turn = 0; at < octets.length; turn++) {
      const chunk = octets.subarray(at, at + 1 + (cuts[turn % cuts.length] ?? octets.length));
      counts = [counts[0]! + looking.receive(chunk), counts[1]! + counting.receive(chunk)];
      at += chunk.length;
    }
    expect(counts).toEqual([messages.length, messages.length]);
    expect(sink.found).toEqual(due);
  },
);
