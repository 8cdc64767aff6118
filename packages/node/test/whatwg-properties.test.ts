import { fc, test } from "@fast-check/vitest";
import { BINARY, TEXT } from "@plyws/testkit";
import { describe, expect } from "vitest";
import { WebSocket } from "../src/index.ts";
import { toClampedShort, toEnforcedShort, toMessage, toUsvString } from "../src/whatwg/convert.ts";
import { keeper, openSocket, thrown } from "./whatwg-support.ts";

const text = fc.string({ unit: "binary" });
const octets = fc.uint8Array({ maxLength: 300 });
const message = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), data: text }),
  fc.record({ kind: fc.constantFrom("buffer" as const, "view" as const, "blob" as const), data: octets }),
);

describe("send", () => {
  test.prop([fc.array(message, { maxLength: 30 })], { numRuns: 25 })(
    "keeps every order of texts, buffers, views and Blobs, and counts every octet",
    async (messages) => {
      const { url, frames } = await keeper();
      const socket = await openSocket(WebSocket, url);
      let size = 0;
      for (const { kind, data } of messages) {
        size += Buffer.byteLength(data);
        if (kind === "text") socket.send(data);
        else if (kind === "view") socket.send(new DataView(Uint8Array.of(0, ...data).buffer, 1));
        else if (kind === "buffer") socket.send(Uint8Array.from(data).buffer);
        else socket.send(new Blob([Uint8Array.from(data)]));
        expect(socket.bufferedAmount).toBe(size);
      }
      socket.close();
      const expected = messages.map(({ kind, data }) => [kind === "text" ? TEXT : BINARY, Buffer.from(data)]);
      expect((await frames(messages.length + 1)).slice(0, -1)).toEqual(expected);
    },
  );
});

describe("conversions of Web IDL", () => {
  test.prop([fc.double()])("[Clamp]: the nearest number in range, even when between two", (value) => {
    const short = toClampedShort(value);
    expect(Number.isInteger(short) && short >= 0 && short <= 65_535).toBe(true);
    const inRange = Number.isNaN(value) ? 0 : Math.min(Math.max(value, 0), 65_535);
    expect(Math.abs(short - inRange)).toBeLessThanOrEqual(0.5);
    if (Math.abs(short - inRange) === 0.5) expect(short % 2).toBe(0);
  });

  test.prop([fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 0.25, 0.5, 0.75)])(
    "[Clamp] agrees with Uint8ClampedArray where that says something",
    (whole, part) => {
      const [expected = -1] = Uint8ClampedArray.of(Math.min(whole + part, 255));
      expect(toClampedShort(Math.min(whole + part, 255))).toBe(expected);
    },
  );

  test.prop([fc.oneof(fc.double(), fc.integer({ min: -3, max: 65_540 }))])(
    "[EnforceRange]: without its fraction, or a TypeError",
    (value) => {
      const whole = Math.trunc(value);
      const fits = whole >= 0 && whole <= 65_535;
      expect(thrown(() => toEnforcedShort(value))).toBe(fits ? "nothing" : "TypeError");
      expect(fits ? toEnforcedShort(value) : 0).toBe(fits ? whole + 0 : 0);
    },
  );

  test.prop([text])("USVString: as TextEncoder sees it", (value) => {
    expect(toUsvString(value)).toBe(
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(value)),
    );
  });

  test.prop([fc.anything()])("anything is a message, or a TypeError", (value) => {
    // Objects without a prototype have no string; those with a toString of their own may have a bad one.
    const name = thrown(() => toMessage(value));
    expect(["nothing", "TypeError"]).toContain(name);
  });
});
