import { concat, noise, repeated, seeded, utf8 } from "../wire/octets.ts";
import type { CorpusName } from "./case.ts";

type Random = () => number;

/** Content of five kinds, made here, as long as that of the Autobahn suite. */
const MAKERS: Readonly<
  Record<CorpusName, { readonly size: number; readonly make: (size: number) => Uint8Array }>
> = {
  json: { size: 194_056, make: (size) => text(size, jsonEntry) },
  bitmap: { size: 263_222, make: bitmap },
  verse: { size: 222_218, make: (size) => concat(utf8("\uFEFF"), text(size - 3, verseLine)) },
  html: { size: 263_647, make: (size) => text(size, htmlParagraph) },
  pdf: { size: 1_042_328, make: pdf },
};

const made = new Map<CorpusName, Corpus>();

interface Corpus {
  readonly octets: Uint8Array;
  /** Where each character begins, and the end; null where octets are counted. */
  readonly characters: Uint32Array | null;
}

function corpusOf(name: CorpusName): Corpus {
  let corpus = made.get(name);
  if (corpus === undefined) {
    const { size, make } = MAKERS[name];
    const octets = make(size);
    corpus = { octets, characters: name === "json" || name === "html" ? charactersOf(octets) : null };
    made.set(name, corpus);
  }
  return corpus;
}

/** Gives piece after piece of a corpus, so many characters of a text or else octets, and begins again at its end. */
export function corpusReader(name: CorpusName, length: number): () => Uint8Array {
  const { octets, characters } = corpusOf(name);
  const total = characters === null ? octets.length : characters.length - 1;
  const offset = (at: number): number => characters?.[at] ?? at;
  let at = 0;
  return () => {
    const parts: Uint8Array[] = [];
    for (let left = length; left > 0; ) {
      const taken = Math.min(left, total - at);
      parts.push(octets.subarray(offset(at), offset(at + taken)));
      at = (at + taken) % total;
      left -= taken;
    }
    return concat(...parts);
  };
}

function charactersOf(octets: Uint8Array): Uint32Array {
  const starts = Array.from(octets.keys()).filter((at) => ((octets[at] ?? 0) & 0xc0) !== 0x80);
  return Uint32Array.from([...starts, octets.length]);
}

/** Entry after entry, cut to a size; what a cut leaves of the last character is replaced by blanks. */
function text(size: number, entry: (random: Random, index: number) => string): Uint8Array {
  const random = seeded(size);
  const octets = new Uint8Array(size);
  let filled = 0;
  for (let index = 0; filled < size; index++) {
    const next = utf8(entry(random, index));
    octets.set(next.subarray(0, size - filled), filled);
    filled += next.length;
  }
  for (let at = size - 1; at >= 0 && (octets[at] ?? 0) >= 0x80; at--) octets[at] = 0x20;
  return octets;
}

const VERBS = ["OK", "FAILED", "NON-STRICT", "INFORMATIONAL"];
const WORDS =
  "Wind Wasser Wälder über tönen grüßt Höhen Nacht stille Ströme weht der die das und nicht ein Lied von fern so klar".split(
    " ",
  );

const pick = (random: Random, from: readonly string[]): string => from[random() % from.length] ?? "";

function jsonEntry(random: Random, index: number): string {
  return (
    `  "case ${index}": {"behavior": "${pick(random, VERBS)}", "duration": ${random() % 9999}, ` +
    `"closeCode": ${1000 + (random() % 12)}, "agent": "größe-${random() % 16}", "reportfile": "case_${index}.json"},\n`
  );
}

function verseLine(random: Random, index: number): string {
  const words = Array.from({ length: 4 + (random() % 4) }, () => pick(random, WORDS));
  return `${words.join(" ")}${index % 4 === 3 ? ".\n\n" : ",\n"}`;
}

function htmlParagraph(random: Random, index: number): string {
  const words = Array.from({ length: 12 + (random() % 30) }, () => pick(random, WORDS));
  return `<div class="section s${index % 7}"><p id="p${index}">${words.join(" ")} <a href="#p${random() % 500}">→</a></p></div>\n`;
}

/** 512 × 512 dots of grey with a little noise, behind a header. */
function bitmap(size: number): Uint8Array {
  const header = concat(utf8("BM"), repeated(Uint8Array.of(0, 1, 2, 3), 52));
  const palette = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 0 : i >> 2));
  const random = seeded(size);
  const dots = Uint8Array.from({ length: size - header.length - palette.length }, (_, i) => {
    const [x, y] = [i % 512, i >> 9];
    return Math.trunc(128 + 60 * Math.sin(x / 40) + 50 * Math.cos(y / 55)) + (random() & 7);
  });
  return concat(header, palette, dots);
}

/** Mostly what no compression makes smaller, with a little text around. */
function pdf(size: number): Uint8Array {
  const parts: Uint8Array[] = [utf8("%PDF-1.4\n")];
  let left = size - (parts[0]?.length ?? 0);
  for (let index = 1; left > 0; index++) {
    const object = concat(
      utf8(`${index} 0 obj\n<< /Length 8000 /Filter /FlateDecode >>\nstream\n`),
      noise(index, 8000),
      utf8("\nendstream\nendobj\n"),
    ).subarray(0, left);
    parts.push(object);
    left -= object.length;
  }
  return concat(...parts);
}
