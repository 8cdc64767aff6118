import type { DeflateEngine } from "../engine.ts";
import { portableEngine } from "../portable/engine.ts";
import { ZlibDeflater } from "../zlib/deflater.ts";
import { ZlibInflater } from "../zlib/inflater.ts";
import { createScratch } from "../zlib/octets.ts";
import { works } from "./check.ts";
import { openDeflate, openInflate } from "./handle.ts";

let engine: DeflateEngine | null = null;

/**
 * The engine of Node: the zlib of `node:zlib`, run synchronously through the handles of its streams. They are not part of
 * Node's documentation, so they are tried out at the first call; where they are not what they were, this is the
 * engine of `@plyws/permessage-deflate/portable`, which does the same more slowly.
 *
 * @returns always the same engine of this thread: its output goes through one buffer of 64 KiB
 */
export function zlibEngine(): DeflateEngine {
  engine ??= chooseEngine(handleEngine());
  return engine;
}

/** The engine, when it works; else the one that needs nothing of Node. */
export function chooseEngine(overHandles: DeflateEngine): DeflateEngine {
  return works(overHandles) ? overHandles : portableEngine();
}

/** The engine over handles, whether they work or not. */
export function handleEngine(): DeflateEngine {
  const scratch = createScratch();
  return {
    minWindowBits: 9,
    createDeflater: ({ windowBits, level }) => new ZlibDeflater(openDeflate(windowBits, level), scratch),
    createInflater: ({ windowBits }) => new ZlibInflater(openInflate(windowBits), scratch),
  };
}
