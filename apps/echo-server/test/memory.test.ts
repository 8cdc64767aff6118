import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { BINARY, concat, frame, MASK, TEXT } from "@plyws/testkit";
import type { Program } from "@plyws/testkit/node";
import { expect, onTestFinished, test } from "vitest";
import { BUILT, start } from "./program.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Payloads are this, over and over: ASCII, so that they are texts, too, and no shifted piece fits. */
const BLOCK = Buffer.from(Array.from({ length: 64 * KIB }, (_, i) => 33 + ((i * i + (i >> 8)) % 90)));
const MASKED = BLOCK.map((octet, i) => octet ^ MASK[i % 4]!);
/** As much of the pattern as a piece that begins anywhere in it may have. */
const TWICE = Buffer.concat([BLOCK, BLOCK]);

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.write(
    `GET / HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const [head] = await once(socket, "data");
  expect(String(head)).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/);
  return socket;
}

interface Sending {
  readonly opcode: number;
  readonly messages: number;
  readonly size: number;
  readonly frameSize: number;
}

/** The messages on the wire, in chunks of about 64 KiB. */
function* wire({ opcode, messages, size, frameSize }: Sending): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let waitingSize = 0;
  for (let message = 0; message < messages; message++) {
    for (let at = 0; at < size; at += frameSize) {
      const fin = at + frameSize >= size;
      const announcedLength = BigInt(frameSize);
      waiting.push(frame({ opcode: at === 0 ? opcode : 0, fin, announcedLength, mask: MASK }));
      for (let sent = 0; sent < frameSize; sent += BLOCK.length) {
        const part = MASKED.subarray(0, frameSize - sent);
        waiting.push(part);
        waitingSize += part.length;
        if (waitingSize < BLOCK.length) continue;
        yield concat(...waiting);
        waiting = [];
        waitingSize = 0;
      }
    }
  }
  yield concat(...waiting);
}

/** Reads what comes back, frame by frame, and compares it. Resolves when all messages have come. */
function readAll(socket: Socket, { opcode, messages, size }: Sending): Promise<void> {
  let left = messages;
  /** Octets of the message in hand, and those that its frame lacks. */
  let got = 0;
  let rest = 0;
  let fin = true;
  let cut = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    let octets = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
    for (;;) {
      const part = octets.subarray(0, Math.min(rest, BLOCK.length));
      const from = got % BLOCK.length;
      if (!part.equals(TWICE.subarray(from, from + part.length))) throw new Error(`Wrong octets near ${got}`);
      got += part.length;
      rest -= part.length;
      octets = octets.subarray(part.length);
      if (rest > 0 && octets.length > 0) continue;
      if (rest === 0 && fin && got > 0) {
        if (got !== size) throw new Error(`A message of ${got} octets`);
        got = 0;
        left--;
      }
      // Our own server never sends the form of 64 bits here.
      const headSize = octets.length > 1 && (octets[1]! & 127) === 126 ? 4 : 2;
      if (rest > 0 || octets.length < headSize) break;
      const first = octets[0]!;
      if ((first & 15) !== (got === 0 ? opcode : 0)) throw new Error(`A frame that begins with ${first}`);
      fin = first > 127;
      rest = headSize === 4 ? octets.readUInt16BE(2) : octets[1]!;
      octets = octets.subarray(headSize);
    }
    cut = Buffer.from(octets);
  };
  return new Promise((resolve, reject) => {
    socket.on("close", () => reject(new Error(`The stream ended, ${left} messages too early`)));
    socket.on("data", (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        reject(error);
      }
      if (left === 0) resolve();
    });
  });
}

async function echo(socket: Socket, sending: Sending): Promise<void> {
  const back = readAll(socket, sending);
  // A failure must not wait until all was written.
  await Promise.race([back, writeAll(socket, sending)]);
  await back;
}

async function writeAll(socket: Socket, sending: Sending): Promise<void> {
  for (const chunk of wire(sending)) if (!socket.write(chunk)) await once(socket, "drain");
}

/** Octets of memory of a process: now, or the most since the peak was forgotten. */
function memoryOf({ pid }: Program, what: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * KIB;
}

const measures = existsSync("/proc/self/clear_refs");
if (!measures) console.info("Skipped: this system does not tell how much memory a process had at most");

const text = { opcode: TEXT };
const binary = { opcode: BINARY };

test.skipIf(!measures).each<[string, Sending]>([
  ["one message in one frame", { ...binary, messages: 1, size: GIB, frameSize: GIB }],
  ["one text in fragments of 64 KiB", { ...text, messages: 1, size: GIB, frameSize: 64 * KIB }],
  ["messages of 1 MiB", { ...binary, messages: KIB, size: MIB, frameSize: MIB }],
  ["messages of 64 KiB", { ...binary, messages: 16 * KIB, size: 64 * KIB, frameSize: 64 * KIB }],
  ["messages of 16 KiB", { ...binary, messages: 64 * KIB, size: 16 * KIB, frameSize: 16 * KIB }],
  ["texts of 4 KiB", { ...text, messages: 256 * KIB, size: 4 * KIB, frameSize: 4 * KIB }],
  ["messages of 1 KiB", { ...binary, messages: MIB, size: KIB, frameSize: KIB }],
  ["messages of 256 octets", { ...binary, messages: 4 * MIB, size: 256, frameSize: 256 }],
])("1 GiB through the server, as %s, costs less than 32 MiB", { timeout: 120_000 }, async (name, sending) => {
  const program = start(["--port", "0"], BUILT);
  const url = await program.url("socket");
  // It has served a few ordinary messages, whole and in pieces, so that its code is loaded.
  const first = await open(url);
  for (const size of [20, 20_000]) await echo(first, { ...text, messages: 20, size, frameSize: size });

  const before = memoryOf(program, "VmRSS");
  // The peak of the start is forgotten.
  writeFileSync(`/proc/${program.pid}/clear_refs`, "5");
  const begin = performance.now();
  await echo(await open(url), sending);
  const seconds = (performance.now() - begin) / 1000;
  const grown = (memoryOf(program, "VmHWM") - before) / MIB;
  console.info(
    `1 GiB as ${name}: ${grown.toFixed(1)} MiB more than ${(before / MIB).toFixed(1)}, ${seconds.toFixed(1)} s`,
  );
  expect(grown).toBeLessThan(32);
});
