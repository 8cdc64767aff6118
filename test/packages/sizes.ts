import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Something that a program imports, and what it may weigh. */
export interface Weighed {
  /** As the table in the README calls it. */
  readonly label: string;
  readonly code: string;
  /** In octets, bundled, minified and compressed. More fails: a larger package is a decision, not an accident. */
  readonly limit: number;
}

const all = (...names: readonly string[]): string =>
  names.map((name) => `export * from "@plyws/${name}";`).join("");
const some = (names: string, from: string): string => `export { ${names} } from "@plyws/${from}";`;

/** The rows of the table of sizes, in its order. Every entry that is pure has one with its name. */
export const weighed: readonly Weighed[] = [
  { label: "`applyMask` of `@plyws/frame`", code: some("applyMask", "frame"), limit: 550 },
  {
    label: "headers and masks of `@plyws/frame`: `decodeHeader`, `encodeHeader`, `applyMask`",
    code: some("createHeader, decodeHeader, encodeHeader, applyMask", "frame"),
    limit: 2400,
  },
  { label: "`@plyws/frame`", code: all("frame"), limit: 3450 },
  { label: "`Utf8Validator` of `@plyws/message`", code: some("Utf8Validator", "message"), limit: 500 },
  { label: "`@plyws/message`", code: all("message"), limit: 2700 },
  { label: "`@plyws/connection`", code: all("connection"), limit: 8700 },
  {
    label: "`@plyws/frame`, `@plyws/message` and `@plyws/connection`",
    code: all("frame", "message", "connection"),
    limit: 9200,
  },
  {
    label: "what a server needs of `@plyws/handshake`",
    code: some(
      "RequestReader, checkUpgradeRequest, acceptUpgrade, rejectUpgrade, encodeResponse",
      "handshake",
    ),
    limit: 8000,
  },
  {
    label: "what a client needs of `@plyws/handshake`",
    code: some("createUpgradeRequest, encodeRequest, ResponseReader, checkUpgradeResponse", "handshake"),
    limit: 7500,
  },
  { label: "`@plyws/handshake`", code: all("handshake"), limit: 9400 },
  { label: "`@plyws/permessage-deflate`", code: all("permessage-deflate"), limit: 2800 },
  { label: "`@plyws/permessage-deflate/portable`", code: all("permessage-deflate/portable"), limit: 15_000 },
  { label: "`@plyws/rooms`", code: all("rooms"), limit: 4700 },
  { label: "`@plyws/web`", code: all("web"), limit: 21_300 },
];

/** What a bundler makes of it for a page, minified. */
export async function bundle(code: string, folder: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

export const compressed = (text: string): number => gzipSync(text, { level: 9 }).length;

/** "3.4 kB" of 3356: thousands of octets. */
export const kilobytes = (octets: number): string => `${(octets / 1000).toFixed(1)} kB`;
