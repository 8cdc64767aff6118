export type { DeflateEngine } from "../engine.ts";
