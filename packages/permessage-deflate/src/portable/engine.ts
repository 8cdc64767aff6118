import type { DeflateEngine } from "../engine.ts";
import { ZlibDeflater } from "../zlib/deflater.ts";
import { ZlibInflater } from "../zlib/inflater.ts";
import { createScratch } from "../zlib/octets.ts";
import { openDeflate, openInflate } from "./streams.ts";

let engine: DeflateEngine | null = null;

/**
 * The engine that runs wherever JavaScript does: pako, a port of zlib. On Node `@plyws/permessage-deflate/node` is
 * several times as fast.
 *
 * @returns always the same engine: its output goes through one buffer of 64 KiB
 */
export function portableEngine(): DeflateEngine {
  engine ??= createEngine(createScratch());
  return engine;
}

function createEngine(scratch: Uint8Array<ArrayBuffer>): DeflateEngine {
  return {
    minWindowBits: 9,
    createDeflater: ({ windowBits, level }) => new ZlibDeflater(openDeflate(windowBits, level), scratch),
    createInflater: ({ windowBits }) => new ZlibInflater(openInflate(windowBits), scratch),
  };
}
