export type { DeflateEngine, Deflater, DeflaterOptions, Inflater, InflaterOptions } from "./engine.ts";
