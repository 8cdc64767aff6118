import { applyMask } from "@plyws/frame";

/**
 * A WebAssembly module of 140 octets, as SIMD is not to be had otherwise. It exports a `memory` of one page, and
 * `mask(end, key)`, which masks that memory from 0 to `end`, and up to 63 octets more, 64 at a time:
 *
 *     (func (export "mask") (param $end i32) (param $key i32) (local $at i32) (local $k v128)
 *       (local.set $k (i32x4.splat (local.get $key)))
 *       (loop $next
 *         (v128.store (local.get $at) (v128.xor (v128.load (local.get $at)) (local.get $k)))
 *         …the same at offsets 16, 32 and 48
 *         (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 64))) (local.get $end)))))
 */
const MODULE =
  "AGFzbQEAAAABBgFgAn9/AAMCAQAFAwEAAQcRAgZtZW1vcnkCAARtYXNrAAAKXgFcAgF/AXsgAf0RIQMDQCACIAL9AAQAIAP9Uf0LBAAgAiAC" +
  "/QAEECAD/VH9CwQQIAIgAv0ABCAgA/1R/QsEICACIAL9AAQwIAP9Uf0LBDAgAkHAAGoiAiAASQ0ACws=";

/** From this many octets on it is worth to copy them into the module's memory and back. */
const SIMD_FROM = 1024;

/** The module's memory, in octets. */
const ROOM = 65_536;

interface Simd {
  readonly memory: Uint8Array;
  readonly mask: (end: number, key: number) => void;
}

// The types of a runtime without the DOM do not have it.
declare const WebAssembly: {
  readonly Module: new (octets: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly mask: Simd["mask"] };
  };
};

/** `undefined` before the first use; `null` where there is no SIMD, or no WebAssembly at all. */
let simd: Simd | null | undefined;

function load(): Simd | null {
  try {
    const { memory, mask } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, "base64")))
      .exports;
    return { memory: new Uint8Array(memory.buffer), mask };
  } catch {
    return null;
  }
}

/** As `applyMask` of `@plyws/frame`, and several times faster for long payloads. */
export function applyMaskFast(bytes: Uint8Array, start: number, end: number, key: number): number {
  if (end - start < SIMD_FROM || start < 0 || end > bytes.length) return applyMask(bytes, start, end, key);
  if (simd === undefined) simd = load();
  if (simd === null) return applyMask(bytes, start, end, key);
  const { memory, mask } = simd;
  let at = start;
  for (; at + ROOM < end; at += ROOM) maskPart(memory, mask, bytes, at, at + ROOM, key);
  maskPart(memory, mask, bytes, at, end, key);
  const turned = ((end - start) & 3) * 8;
  return turned === 0 ? key : (key >>> turned) | (key << (32 - turned));
}

function maskPart(
  memory: Uint8Array,
  mask: Simd["mask"],
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
): void {
  memory.set(bytes.subarray(start, end));
  mask(end - start, key);
  bytes.set(end - start === ROOM ? memory : memory.subarray(0, end - start), start);
}
