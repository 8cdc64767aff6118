import { formatFrame, type Role } from "@plyws/node";
import {
  binary,
  CLOSE,
  close,
  concat,
  continuation,
  cuttings,
  FRAME_VECTORS,
  frame,
  hex,
  MASK,
  ping,
  randomCuts,
  text,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { DirectionWatch } from "../src/inspect/direction.ts";
import { FrameScanner } from "../src/inspect/scanner.ts";
import { jsonFrameView, linesView } from "../src/inspect/view.ts";

/** What is told of these octets: lines for frames, "!" before violations. */
function scan(sender: Role, chunks: Iterable<Uint8Array>, deflates = false): string[] {
  const told: string[] = [];
  const scanner = new FrameScanner(sender, () => deflates, {
    frame: (seen) => told.push(formatFrame(seen)),
    violation: (violation) => told.push(`! ${violation}`),
  });
  for (const chunk of chunks) {
    const before = chunk.slice();
    scanner.receive(chunk);
    // Not an octet of what passes may change.
    expect(chunk).toEqual(before);
  }
  scanner.end();
  return told;
}

const mask = { mask: MASK };
const chunksOf = (wire: Uint8Array): Uint8Array[][] => Array.from(cuttings(wire), ({ chunks }) => chunks);

test.each(FRAME_VECTORS)("shows $title, however it is cut", ({ wire, frames }) => {
  const sender = (frames[0]?.mask ?? null) === null ? "server" : "client";
  const arrow = sender === "client" ? ">" : "<";
  const whole = scan(sender, [wire]);
  expect(whole.filter((line) => line.startsWith("!"))).toEqual([]);
  expect(whole).toHaveLength(frames.length);
  expect(whole.every((line) => line.startsWith(arrow))).toBe(true);
  for (const { name, chunks } of cuttings(wire)) expect(scan(sender, chunks), name).toEqual(whole);
});

const mine = "RFC 6455 section";
test.each<[string, Role, Uint8Array, string[]]>([
  ["a client without mask", "client", text("a"), [`a frame from a client is not masked (${mine} 5.1)`]],
  ["a server with mask", "server", text("a", mask), [`a frame from a server is masked (${mine} 5.1)`]],
  ["a reserved bit", "server", text("a", { rsv: 2 }), [`${mine} 5.2`]],
  ["RSV1 without compression", "server", text("a", { rsv: 4 }), [`${mine} 5.2`]],
  ["a reserved opcode", "server", frame({ opcode: 3 }), [`reserved: opcode 3 (${mine} 5.2); what follows`]],
  ["a fragmented Ping", "server", ping("", { fin: false }), [`${mine} 5.5`]],
  ["a Ping of 126 octets", "server", ping("a".repeat(126)), [`${mine} 5.5`]],
  ["a length not minimal", "server", text("a", { lengthForm: 16 }), [`${mine} 5.2`]],
  ["a continuation of nothing", "server", continuation("a"), [`no message to continue (${mine} 5.4)`]],
  ["a message in a message", "server", concat(text("a", { fin: false }), text("b")), [`${mine} 5.4`]],
  ["no UTF-8", "server", text([0xff]), [`not valid UTF-8 (${mine} 8.1)`]],
  ["UTF-8 cut off", "server", text([0xc3]), [`${mine} 8.1`]],
  [
    "no UTF-8 over fragments",
    "server",
    concat(text([0xc3], { fin: false }), ping("x"), continuation([0x41])),
    [`${mine} 8.1`],
  ],
  ["a close code of one octet", "server", frame({ opcode: CLOSE, payload: [3] }), [`${mine} 5.5.1`]],
  ["the close code 1005", "server", close(1005), [`${mine} 7.4`]],
  ["a reason that is no UTF-8", "server", close(1000, [0xff]), [`${mine} 5.5.1`]],
  [
    "a frame after Close",
    "server",
    concat(close(1000), ping("")),
    [`follows the Close frame (${mine} 5.5.1)`],
  ],
  ["two at once", "client", concat(text("a", { rsv: 1 })), [`${mine} 5.1`, `${mine} 5.2`]],
  ["an end within a header", "server", hex("81"), ["the stream ended within a frame"]],
  ["an end within a payload", "server", hex("81 05 48 65"), ["the stream ended within a frame"]],
])("names %s", (_, sender, wire, expected) => {
  for (const { name, chunks } of cuttings(wire)) {
    const violations = scan(sender, chunks).filter((line) => line.startsWith("!"));
    expect(violations, name).toEqual(expected.map((part) => expect.stringContaining(part)));
  }
});

test.each<[string, Role, Uint8Array]>([
  [
    "fragments with a Ping between",
    "server",
    concat(text("é", { fin: false }), ping("p"), continuation("ß")),
  ],
  ["UTF-8 cut between fragments", "server", concat(text([0xc3], { fin: false }), continuation([0xa9]))],
  ["binary that is no UTF-8", "client", binary([0xff, 0xfe], mask)],
  ["Close without a code", "client", close(undefined, "", mask)],
  ["large messages", "client", concat(binary("a".repeat(70_000), mask), text("b".repeat(200), mask))],
])("finds nothing wrong with %s", (_, sender, wire) => {
  const cut = wire.length > 10_000 ? [[wire], randomCuts(wire, 1), randomCuts(wire, 2)] : chunksOf(wire);
  for (const chunks of cut) expect(scan(sender, chunks).filter((line) => line.startsWith("!"))).toEqual([]);
});

test("takes RSV1 for compression only at the beginning of a message, and only where it was agreed on", () => {
  const begin = text([0xff], { rsv: 4, fin: false });
  expect(scan("server", [concat(begin, continuation([0xff]))], true)).toEqual([
    "< text rsv1 1 ff",
    "< continuation fin 1 ff",
  ]);
  const wrong = scan("server", [concat(begin, continuation([0xff], { rsv: 4 }))], true);
  expect(wrong.at(-1)).toContain("a reserved bit is set");
});

test("shows the beginning of a long payload before its end is there", () => {
  const told: string[] = [];
  const scanner = new FrameScanner("client", () => false, {
    frame: (seen) => told.push(formatFrame(seen)),
    violation: (violation) => told.push(violation),
  });
  scanner.receive(text("x".repeat(1000), mask).subarray(0, 80));
  expect(told).toEqual([`> text fin masked 1000 "${"x".repeat(64)}" …`]);
});

const head = (startLine: string, ...fields: readonly string[]): Uint8Array =>
  Buffer.from([startLine, ...fields, "", ""].join("\r\n"), "latin1");

/** What is written of both directions, without the times. */
function watchBoth(request: Uint8Array, response: Uint8Array): string[] {
  const lines: string[] = [];
  const agreement = { isWebSocket: true, deflates: false };
  const show = (line: string): void => {
    lines.push(line.replace(/^[\d:.]+ /, ""));
  };
  const view = linesView((_, plain) => plain);
  new DirectionWatch("client", agreement, view, show).receive(request);
  const server = new DirectionWatch("server", agreement, view, show);
  for (const octet of response) server.receive(Uint8Array.of(octet));
  server.end();
  return lines;
}

describe("a direction", () => {
  const request = head("GET /a HTTP/1.1", "Host: x", "X-Evil: \u009b2J");

  test("shows the heads, then frames", () => {
    const deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover";
    const accepted = head("HTTP/1.1 101 Switching Protocols", deflate);
    expect(watchBoth(request, concat(accepted, text([0x4a], { rsv: 4 })))).toEqual([
      "> GET /a HTTP/1.1\n    Host: x\n    X-Evil: \\u{9b}2J\n",
      `< HTTP/1.1 101 Switching Protocols\n    ${deflate}\n`,
      "< text fin rsv1 1 4a\n",
      "the server has ended its stream\n",
    ]);
  });

  test("knows what is no WebSocket", () => {
    expect(watchBoth(request, concat(head("HTTP/1.1 404 Not Found"), text("no frame")))).toEqual([
      expect.stringContaining("GET /a"),
      "< HTTP/1.1 404 Not Found\n",
      "this is no WebSocket: what follows is not shown\n",
      "the server has ended its stream\n",
    ]);
    expect(watchBoth(request, Buffer.from("SSH-2.0-x\r\n\r\n"))[1]).toMatch(
      /^< violation: no opening handshake: /,
    );
  });

  test("is written as JSON, too", () => {
    const lines: string[] = [];
    const scanner = new FrameScanner("client", () => false, {
      frame: (seen) => lines.push(jsonFrameView(7).frame(seen)),
      violation: (violation) => lines.push(jsonFrameView(7).violation("sent", violation)),
    });
    scanner.receive(concat(ping("hi", { rsv: 1 }), frame({ opcode: 3 })));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        type: "frame",
        direction: "sent",
        fin: true,
        rsv1: false,
        rsv2: false,
        rsv3: true,
        opcode: 9,
        name: "ping",
        masked: false,
        length: 2,
        hex: "6869",
        connection: 7,
        time: expect.any(String),
      },
      expect.objectContaining({ type: "violation", text: expect.stringContaining("not masked") }),
      expect.objectContaining({ type: "violation", text: expect.stringContaining("reserved bit") }),
      expect.objectContaining({ type: "no-frame", error: "reserved-opcode", hex: "8300" }),
      expect.objectContaining({ type: "violation", text: expect.stringContaining("opcode 3") }),
    ]);
  });
});
