import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import * as frame from "../src/index.ts";

test("the package exports these names and no others", () => {
  expect(Object.keys(frame).toSorted()).toEqual([
    "CloseCode",
    "DEFAULT_MAX_PAYLOAD_LENGTH",
    "MAX_CONTROL_PAYLOAD",
    "MAX_HEADER_SIZE",
    "MAX_REASON_SIZE",
    "NEED_MORE",
    "Opcode",
    "ProtocolError",
    "applyMask",
    "createHeader",
    "decodeClose",
    "decodeFrame",
    "decodeHeader",
    "encodeClose",
    "encodeFrame",
    "encodeHeader",
    "headerSize",
    "isCloseCode",
    "isControl",
    "isOpcode",
  ]);
});

interface Esbuild {
  build(options: object): Promise<{ outputFiles: { text: string }[] }>;
}

/** The sources as one script, built as the package is: by the esbuild of tsup. */
async function script(): Promise<string> {
  const ofTsup = createRequire(createRequire(import.meta.url).resolve("tsup"));
  const esbuild: Esbuild = ofTsup("esbuild");
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "neutral",
    target: "es2022",
    format: "iife",
    globalName: "frame",
  });
  return outputFiles[0]!.text;
}

/** Uses every function, all paths that differ in the globals that they may need; returns what it saw. */
function use({
  applyMask,
  createHeader,
  decodeClose,
  decodeFrame,
  decodeHeader,
  encodeClose,
  encodeFrame,
  encodeHeader,
  headerSize,
  isCloseCode,
  isControl,
  isOpcode,
  NEED_MORE,
  ProtocolError,
}: typeof frame) {
  const faultOf = (call: () => unknown) => {
    try {
      call();
      return "none";
    } catch (error) {
      if (error instanceof ProtocolError) return error.code;
      return error instanceof Error ? error.name : "no Error";
    }
  };
  const payload = new Uint8Array(300).fill(7);
  const wire = encodeFrame({ fin: true, rsv: 0, opcode: 2, payload }, 0x12345678);
  const header = createHeader();
  const size = decodeHeader(wire, 0, header);
  const again = new Uint8Array(headerSize(300, true));
  return [
    size === encodeHeader(header, again, 0) && again.every((octet, i) => octet === wire[i]),
    decodeFrame(wire)?.frame.payload.every((octet) => octet === 7),
    decodeHeader(wire, wire.length, header) === NEED_MORE,
    applyMask(wire, 8, 308, header.maskingKey) === header.maskingKey &&
      wire.subarray(8).every((o) => o === 7),
    decodeClose(encodeClose({ code: 1000, reason: "ä\ud800" })).reason,
    faultOf(() => decodeClose(Uint8Array.of(3, 0xe8, 0xff))),
    faultOf(() => decodeFrame(Uint8Array.of(0x83))),
    faultOf(() => encodeClose({ code: 1005, reason: "x" })),
    faultOf(() => applyMask(wire, 0, 1000, 0)),
    faultOf(() => Reflect.apply(encodeFrame, undefined, [{ fin: true, rsv: 0, opcode: 1, payload: "x" }])),
    isCloseCode(1000) && isControl(8) && isOpcode(10),
  ].join(" ");
}

test("runs where there is nothing but the language: no global of Node, of a browser, of anybody", async () => {
  const platform = [
    "Buffer",
    "TextDecoder",
    "TextEncoder",
    "console",
    "crypto",
    "globalThis.process",
    "performance",
  ];
  const code = `"use strict";
    delete globalThis.console;
    ${await script()}
    [(${use.toString()})(frame), ${platform.map((name) => `typeof ${name}`).join()}].join(" ")`;
  const seen =
    "true true true true ä\ufffd close-reason reserved-opcode RangeError RangeError TypeError true";
  expect(use(frame)).toBe(seen);
  expect(runInNewContext(code)).toBe([seen, ...platform.map(() => "undefined")].join(" "));
});
