import { Readable } from "node:stream";

/** Pieces of a message: an array, a generator, a Node stream, a web stream. */
export type MessageSource = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

export type SourceIterator = AsyncIterator<string | Uint8Array> | Iterator<string | Uint8Array>;

const encoder = new TextEncoder();

/** @throws TypeError when the source is not iterable, or is itself a message */
export function iterate(source: MessageSource): SourceIterator {
  const given: unknown = source;
  if (given === null || typeof given !== "object" || ArrayBuffer.isView(given)) {
    const what =
      typeof given === "string" ? "a string" : ArrayBuffer.isView(given) ? "octets" : String(given);
    throw new TypeError(
      `sendStream takes the pieces of a message: an array, a generator, a stream; not ${what}. send takes a whole message`,
    );
  }
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}

/** Makes octets of the pieces. A surrogate pair that is cut between two strings is put together again. */
export async function* encodePieces(source: SourceIterator): AsyncGenerator<Uint8Array, void, undefined> {
  let cut = "";
  for (;;) {
    const { done = false, value } = await source.next();
    if (!done && typeof value === "string") {
      const text = cut + value;
      cut = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : "";
      yield encoder.encode(cut === "" ? text : text.slice(0, -1));
      continue;
    }
    if (cut !== "") yield encoder.encode(cut);
    cut = "";
    if (done) return;
    if (!(value instanceof Uint8Array))
      throw new TypeError("A piece of a message is a string or a Uint8Array");
    yield value;
  }
}

/** Gives up a source that was not read to its end. One that waits for something is not waited for. */
export function abandon(source: MessageSource, iterator: SourceIterator): void {
  // The iterator of a stream that was not read yet, or that waits, would not let go of it.
  if (source instanceof Readable) source.destroy();
  void returnQuietly(iterator);
}

async function returnQuietly(iterator: SourceIterator): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // Nobody needs it any more, whatever it has to say.
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
