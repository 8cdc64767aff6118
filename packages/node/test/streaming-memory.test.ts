import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  applyMask,
  createHeader,
  decodeHeader,
  encodeHeader,
  MAX_HEADER_SIZE,
  NEED_MORE,
  Opcode,
} from "@plyws/frame";
import { describe, expect, onTestFinished, test } from "vitest";
import { binaryOf } from "./support/payloads.ts";
import { type RawPeer, rawClient } from "./support/raw-peer.ts";

const MIB = 2 ** 20;

/** The server runs on the sources as they are: since Node 22.18 that needs no build. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const stripsTypes = major > 22 || (major === 22 && minor >= 18);

if (!stripsTypes) console.info(`Skipped: Node ${process.versions.node} does not run TypeScript by itself`);

/** Payloads are this, over and over. */
const block = binaryOf(65_536);
const twice = Buffer.concat([block, block]);

function header(payloadLength: number, opcode: Opcode, fin: boolean, maskingKey: number): Buffer {
  const into = Buffer.alloc(MAX_HEADER_SIZE);
  return into.subarray(
    0,
    encodeHeader({ ...createHeader(), fin, opcode, masked: true, maskingKey, payloadLength }, into, 0),
  );
}

/** Writes one message in frames of `frameSize`, waiting whenever the stream asks to. */
async function writeMessage(peer: RawPeer, size: number, frameSize: number): Promise<void> {
  const key = 0x12345678;
  const masked = Buffer.from(block);
  applyMask(masked, 0, masked.length, key);
  for (let at = 0; at < size; at += frameSize) {
    peer.socket.write(
      header(frameSize, at === 0 ? Opcode.Binary : Opcode.Continuation, at + frameSize === size, key),
    );
    for (let sent = 0; sent < frameSize; sent += block.length) {
      if (!peer.socket.write(masked)) await once(peer.socket, "drain");
    }
  }
}

/** Reads frames up to the end of a message, and compares them; its size. */
function readMessage(peer: RawPeer): Promise<number> {
  const told = createHeader();
  let cut = Buffer.alloc(0);
  let size = 0;
  let rest = 0;
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error(`The stream ended after ${size} octets`));
    peer.socket.once("close", ended);
    peer.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
      let octets = Buffer.concat([cut, chunk]);
      cut = Buffer.alloc(0);
      while (octets.length > 0) {
        if (rest === 0) {
          const used = decodeHeader(octets, 0, told);
          if (used === NEED_MORE) {
            cut = octets;
            return;
          }
          octets = octets.subarray(used);
          rest = told.payloadLength;
          if (told.fin && rest === 0) {
            peer.socket.off("close", ended);
            return resolve(size);
          }
        }
        const part = octets.subarray(0, Math.min(rest, block.length));
        const from = size % block.length;
        if (!part.equals(twice.subarray(from, from + part.length)))
          return reject(new Error(`Wrong near ${size}`));
        size += part.length;
        rest -= part.length;
        octets = octets.subarray(part.length);
      }
    });
  });
}

/** A server in a process of its own. */
async function startProcess(): Promise<{
  url: string;
  memory: () => Promise<number>;
}> {
  const script = fileURLToPath(new URL("support/stream-echo.mjs", import.meta.url));
  const child = fork(script, {
    execArgv: ["--conditions=@plyws/source"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  onTestFinished(() => void child.kill());
  const [url] = await once(child, "message");
  return {
    url: String(url),
    memory: async () => {
      child.send("memory");
      const [most] = await once(child, "message");
      return Number(most);
    },
  };
}

describe.skipIf(!stripsTypes)("memory", () => {
  test.each([
    ["one frame of 1 GiB", 1024 * MIB, 1024 * MIB],
    ["256 MiB in fragments of 64 KiB", 256 * MIB, 65_536],
    ["256 MiB in fragments of 8 MiB", 256 * MIB, 8 * MIB],
  ])(
    "does not grow by 32 MiB while it streams both ways: %s",
    { timeout: 120_000 },
    async (_, size, frameSize) => {
      const { url, memory } = await startProcess();
      // Node itself needs some tens of MiB for the chunks of any busy TCP stream, before V8 collects them: that is not
      // counted. What would grow with the message is.
      const first = await rawClient(url);
      await Promise.all([writeMessage(first, 64 * MIB, 65_536), readMessage(first)]);
      first.socket.destroy();
      const before = await memory();

      const peer = await rawClient(url);
      const begin = performance.now();
      const [, echoed] = await Promise.all([writeMessage(peer, size, frameSize), readMessage(peer)]);
      const seconds = (performance.now() - begin) / 1000;
      const after = await memory();
      expect(echoed).toBe(size);
      const grown = (after - before) / MIB;
      console.info(
        `${size / MIB} MiB both ways in ${seconds.toFixed(1)} s, ${grown.toFixed(1)} MiB more memory`,
      );
      expect(grown).toBeLessThan(32);
    },
  );
});
