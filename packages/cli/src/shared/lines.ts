/** The longest line that is taken, in octets: a line becomes a message, and has to be held whole. */
export const MAX_LINE = 64 * 2 ** 20;

const LINE_FEED = 0x0a;

/**
 * The lines of a byte stream, without their ends ("\n" or "\r\n"); what follows the last end is a line, too, unless it is
 * empty. Time grows with the octets, however they are cut.
 *
 * @throws RangeError when a line is longer than `maxLine` octets
 */
export async function* linesOf(
  stream: AsyncIterable<Uint8Array>,
  maxLine = MAX_LINE,
): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    for (let end = octets.indexOf(LINE_FEED); end !== -1; end = octets.indexOf(LINE_FEED, start)) {
      const line = Buffer.concat([...begun, octets.subarray(start, end)]);
      begun = [];
      size = 0;
      start = end + 1;
      if (line.length > maxLine) throw tooLong(maxLine);
      yield withoutReturn(line);
    }
    if (start === octets.length) continue;
    begun.push(octets.subarray(start));
    size += octets.length - start;
    if (size > maxLine) throw tooLong(maxLine);
  }
  if (size > 0) yield withoutReturn(Buffer.concat(begun));
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function tooLong(maxLine: number): RangeError {
  return new RangeError(`A line is longer than ${maxLine} octets`);
}
