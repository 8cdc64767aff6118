import { createReadStream, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import { pipeline } from "node:stream";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
  ".png": "image/png",
};

/** Serves the files of a folder. What lies outside of it, or begins with a dot, is never served. */
export function serve(folder: string): Server {
  return createServer((request, response) => {
    const file = find(folder, request.url ?? "/");
    const type = TYPES[extname(file ?? ".html")] ?? "application/octet-stream";
    response.writeHead(file === null ? 404 : 200, { "content-type": type, "cache-control": "no-cache" });
    pipeline(createReadStream(file ?? join(folder, "404.html")), response, () => {});
  });
}

/** The file that a request is for; null when there is none. */
function find(folder: string, target: string): string | null {
  const path = pathOf(target);
  if (path === null || path.includes("\0") || /(^|[/\\])\./.test(path)) return null;
  const names = path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`, `${path}/index.html`];
  const files = names.map((name) => join(folder, name));
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile()) ?? null;
}

/** Without query; null for what is no path. */
function pathOf(target: string): string | null {
  try {
    return decodeURIComponent(/^[^?#]*/.exec(target)?.[0] ?? "");
  } catch {
    return null;
  }
}
