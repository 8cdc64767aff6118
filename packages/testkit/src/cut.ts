import { frameSpan } from "./parse.ts";
import { integer, seededRandom } from "./random.ts";

/** One way to deliver a sequence of octets. Every chunk is a fresh copy: the receiver may unmask it in place. */
export interface Cutting {
  name: string;
  chunks: Uint8Array[];
}

/** Up to this size every cut in two is tried; beyond it, every cut near the first and last edges of frames and a sample. */
const EVERY_CUT_LIMIT = 512;
/** How far from an edge a cut still counts as near: covers the longest head, 14 octets. */
const NEAR = 15;
const SAMPLE = 16;
/** Of more edges than this, only the first and the last ones count. */
const EDGES = 8;
const RANDOM_CUTTINGS = 4;

/** Chunks of `size` octets, the last one possibly shorter. */
export function chopped(data: Uint8Array, size: number): Uint8Array[] {
  if (!(size >= 1)) throw new RangeError("a chunk has at least one octet");
  return Array.from({ length: Math.ceil(data.length / size) }, (_, i) =>
    data.slice(i * size, (i + 1) * size),
  );
}

export function octetByOctet(data: Uint8Array): Uint8Array[] {
  return chopped(data, 1);
}

/** The two halves of the cut at `at`. */
export function cutAt(data: Uint8Array, at: number): [Uint8Array, Uint8Array] {
  return [data.slice(0, at), data.slice(at)];
}

/** Every split in two halves that both have octets. */
export function* everyCut(data: Uint8Array): Generator<[Uint8Array, Uint8Array]> {
  for (let at = 1; at < data.length; at++) yield cutAt(data, at);
}

/** Chunks of random sizes, mostly small, now and then an empty one; the same for the same seed. */
export function randomCuts(data: Uint8Array, seed: number): Uint8Array[] {
  const random = seededRandom(seed);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    // Sizes spread over the orders of magnitude: a long payload must not drown the small chunks, nor the reverse.
    const size = integer(random, 0, 2 ** integer(random, 0, Math.ceil(Math.log2(data.length + 1))));
    chunks.push(data.slice(at, at + size));
    at += size;
  }
  return chunks;
}

/** Whole, octet by octet, cut in two, random: what a row of a table is run through. Lazy, and the same every time. */
export function* cuttings(data: Uint8Array): Generator<Cutting> {
  yield { name: "whole", chunks: [data.slice()] };
  if (data.length < 2) return;
  yield { name: "octet by octet", chunks: octetByOctet(data) };
  for (const at of cutPositions(data)) yield { name: `cut at ${at}`, chunks: cutAt(data, at) };
  for (let seed = 1; seed <= RANDOM_CUTTINGS; seed++) {
    yield { name: `random cuts, seed ${seed}`, chunks: randomCuts(data, seed) };
  }
}

function cutPositions(data: Uint8Array): number[] {
  if (data.length <= EVERY_CUT_LIMIT) return Array.from({ length: data.length - 1 }, (_, i) => i + 1);
  const positions = new Set<number>();
  const edges = frameEdges(data);
  for (const edge of edges.length > EDGES
    ? [...edges.slice(0, EDGES / 2), ...edges.slice(-EDGES / 2)]
    : edges) {
    for (let at = edge - NEAR; at <= edge + NEAR; at++) positions.add(at);
  }
  const random = seededRandom(data.length);
  for (let i = 0; i < SAMPLE; i++) positions.add(integer(random, 1, data.length - 1));
  return [...positions].filter((at) => at >= 1 && at < data.length).toSorted((a, b) => a - b);
}

/** Where frames start and end, as far as the octets read as frames. */
function frameEdges(data: Uint8Array): number[] {
  const edges = [0];
  let span = frameSpan(data, 0);
  while (span !== null && span.end < data.length) {
    edges.push(span.end);
    span = frameSpan(data, span.end);
  }
  return [...edges, data.length];
}
