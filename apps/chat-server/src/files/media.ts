interface Kind {
  readonly media: string;
  /** How such files end. */
  readonly endings: readonly string[];
  /** Octets at a place; every pair has to be there. */
  readonly marks: readonly (readonly [at: number, octets: string])[];
}

const KINDS: readonly Kind[] = [
  { media: "image/png", endings: ["png"], marks: [[0, "\x89PNG\r\n\x1a\n"]] },
  { media: "image/jpeg", endings: ["jpg", "jpeg", "jfif"], marks: [[0, "\xff\xd8\xff"]] },
  { media: "image/gif", endings: ["gif"], marks: [[0, "GIF87a"]] },
  { media: "image/gif", endings: ["gif"], marks: [[0, "GIF89a"]] },
  {
    media: "image/webp",
    endings: ["webp"],
    marks: [
      [0, "RIFF"],
      [8, "WEBP"],
    ],
  },
  {
    media: "audio/wav",
    endings: ["wav"],
    marks: [
      [0, "RIFF"],
      [8, "WAVE"],
    ],
  },
  { media: "application/pdf", endings: ["pdf"], marks: [[0, "%PDF-"]] },
  {
    media: "application/zip",
    endings: ["zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub"],
    marks: [[0, "PK\x03\x04"]],
  },
  { media: "application/gzip", endings: ["gz", "tgz"], marks: [[0, "\x1f\x8b\x08"]] },
  { media: "video/mp4", endings: ["mp4", "m4v", "m4a", "mov"], marks: [[4, "ftyp"]] },
  { media: "video/webm", endings: ["webm", "mkv"], marks: [[0, "\x1a\x45\xdf\xa3"]] },
  { media: "audio/ogg", endings: ["ogg", "oga", "opus"], marks: [[0, "OggS"]] },
  { media: "audio/mpeg", endings: ["mp3"], marks: [[0, "ID3"]] },
];
const CLAIMED = new Map(KINDS.flatMap(({ media, endings }) => endings.map((ending) => [ending, media])));
/** Pictures that we do not take: a file of such a name is not what it says, whatever is in it. */
const OTHER_PICTURES = new Set(["svg", "svgz", "avif", "bmp", "ico", "tif", "tiff", "heic"]);

/** How many octets tell what a file is. */
export const TELLING = 4096;

/**
 * What a file is, by its first octets; null when that is nothing that is taken, or not what its name says. Only the
 * four kinds of pictures are ever shown; all else is offered to be saved.
 */
export function mediaOf(name: string, start: Uint8Array): string | null {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const found = KINDS.find(({ marks }) => marks.every(([at, octets]) => hasAt(start, at, octets)));
  const media = found?.media ?? (isText(start) ? "text/plain" : null);
  const claimed = CLAIMED.get(ending);
  if (media === null || OTHER_PICTURES.has(ending)) return null;
  return claimed === undefined || claimed === media ? media : null;
}

function hasAt(octets: Uint8Array, at: number, mark: string): boolean {
  for (let index = 0; index < mark.length; index++) {
    if (octets[at + index] !== mark.charCodeAt(index)) return false;
  }
  return true;
}

/** UTF-8 without control characters. The last character may be cut off. */
function isText(octets: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(octets, { stream: true });
    // oxlint-disable-next-line no-control-regex
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text);
  } catch {
    return false;
  }
}
