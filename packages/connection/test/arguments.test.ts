import { describe, expect, test } from "vitest";
import { setUp } from "./support.ts";

describe("the caller", () => {
  test.each([999, 1004, 1006, 1015, 1016, 2999, 5000, 1000.5, Number.NaN])("cannot close with %d", (code) => {
    const { connection, sent } = setUp("server");
    expect(() => connection.close(code)).toThrow(RangeError);
    expect(() => connection.fail(code, new Error("broken"))).toThrow(RangeError);
    expect([connection.state, sent()]).toEqual(["open", []]);
    connection.abort();
    expect(() => connection.close(code), "also when it is closed").toThrow(RangeError);
  });

  test("cannot close with more than 123 octets of reason, nor with a reason and no code", () => {
    const { connection, sent } = setUp("server");
    expect(() => connection.close(1000, "é".repeat(62))).toThrow(RangeError);
    expect(() => connection.close(1005, "no code")).toThrow(RangeError);
    expect(connection.close(1000, `${"é".repeat(61)}x`)).toBe(true);
    expect(sent().map(({ payload }) => payload.length)).toEqual([125]);
  });

  test.each([
    ["a string", "text"],
    ["an array", [1, 2, 3]],
    ["an ArrayBuffer", new ArrayBuffer(4)],
    ["wider numbers", Uint16Array.of(1)],
    ["a DataView", new DataView(new ArrayBuffer(4))],
  ])("cannot give %s for octets", (_, data: unknown) => {
    const { connection, sent } = setUp("client");
    // @ts-expect-error the compiler says so too
    expect(() => connection.sendBinary(data)).toThrow(TypeError);
    // @ts-expect-error the compiler says so too
    expect(() => connection.ping(data)).toThrow(TypeError);
    // @ts-expect-error the compiler says so too
    expect(() => connection.pong(data)).toThrow(TypeError);
    // @ts-expect-error the compiler says so too
    expect(() => connection.receive(data)).toThrow(TypeError);
    expect([connection.state, sent()]).toEqual(["open", []]);
  });

  test.each([
    ["a number", 1],
    ["octets", new Uint8Array(10_000)],
    ["an array", ["text"]],
  ])("cannot give %s for text", (_, data: unknown) => {
    const { connection, sent } = setUp("client");
    // @ts-expect-error the compiler says so too
    expect(() => connection.sendText(data)).toThrow(TypeError);
    expect(sent()).toEqual([]);
  });

  test("cannot ping with more than 125 octets", () => {
    const { connection, sent } = setUp("client");
    expect(() => connection.ping(new Uint8Array(126))).toThrow(RangeError);
    expect(() => connection.pong(new Uint8Array(126))).toThrow(RangeError);
    expect([connection.ping(new Uint8Array(125)), connection.pong(new Uint8Array(125))]).toEqual([
      true,
      true,
    ]);
    expect(sent().map(({ payload }) => payload.length)).toEqual([125, 125]);
  });

  test.each([-1, 1.5, Number.NaN, Infinity])("cannot set a limit of %d", (maxMessageSize) => {
    expect(() => setUp("server", {}, { maxMessageSize })).toThrow(RangeError);
  });
});
