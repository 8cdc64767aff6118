import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A file of the page, in memory. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly tag: string;
}

const FILES = {
  "index.html": "text/html; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

// The same place seen from src/operations, and from dist where the build puts everything into one file.
const PLACES = ["../../dist/page/", "./page/"];

/** Reads the page, which the build has put together. @throws Error when there is none */
export function readPage(): Map<string, Asset> {
  const page = new Map<string, Asset>();
  for (const [name, type] of Object.entries(FILES)) {
    const body = read(name);
    const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 16)}"`;
    page.set(`/${name}`, { type, body, tag });
  }
  const start = page.get("/index.html");
  if (start !== undefined) page.set("/", start);
  return page;
}

function read(name: string): Buffer {
  for (const place of PLACES) {
    try {
      return readFileSync(new URL(place + name, import.meta.url));
    } catch {
      // It may be in the next place.
    }
  }
  throw new Error(`The page is not built: ${name} is missing. Run: npm run build`);
}
