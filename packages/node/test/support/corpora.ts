import { integer, seededRandom } from "@plyws/testkit";
import { binaryOf, type Kind } from "./payloads.ts";

/** Data of which every test takes pieces: each kind compresses in a way of its own. */
export interface Corpus {
  readonly name: string;
  readonly kind: Kind;
  readonly octets: Buffer;
}

/** Octets of each corpus: more than a window, so that references have to reach beyond what is there. */
const SIZE = 200_000;

const WORDS =
  "der die das und ist nicht ein Straße über Größe wäre schön Fluß Nacht Mond Wald still Herz Weg fern Licht".split(
    " ",
  );

export const CORPORA: readonly Corpus[] = [
  { name: "JSON", kind: "text", octets: Buffer.from(json()) },
  { name: "verse with a byte order mark", kind: "text", octets: Buffer.from(`\ufeff${verse()}`) },
  { name: "a picture", kind: "binary", octets: picture() },
  { name: "octets at random", kind: "binary", octets: binaryOf(SIZE) },
];

/** A message of about `size` octets that begins at `at`, wrapping around; a text begins and ends between code points. */
export function pieceOf({ kind, octets }: Corpus, at: number, size: number): string | Buffer {
  const start = at % octets.length;
  const piece = Buffer.concat([octets.subarray(start), octets.subarray(0, start)]).subarray(0, size);
  return kind === "text" ? piece.toString().replaceAll("\ufffd", "?") : piece;
}

function json(): string {
  const random = seededRandom(1);
  const records: string[] = [];
  for (let length = 0; length < SIZE; length += records.at(-1)!.length) {
    const id = integer(random, 0, 999_999);
    records.push(
      JSON.stringify({
        id,
        case: `1.${id % 16}.${id % 7}`,
        ok: id % 3 > 0,
        took: id / 1000,
        tags: ["a", `t${id % 9}`],
      }),
    );
  }
  return `[${records.join(",")}]`;
}

function verse(): string {
  const random = seededRandom(2);
  let text = "";
  while (text.length < SIZE) {
    const line = Array.from({ length: 6 }, () => WORDS[integer(random, 0, WORDS.length - 1)]);
    text += `${line.join(" ")},\n`;
  }
  return text;
}

/** Grey, 8 bits a pixel, with a gradient and a little noise, as a scanned picture has it. */
function picture(): Buffer {
  const random = seededRandom(3);
  return Buffer.from(
    Array.from({ length: SIZE }, (_, at) => ((at % 512) >> 2) + (at >> 12) + integer(random, 0, 3)),
  );
}
