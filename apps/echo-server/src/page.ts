import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";

// Only these names are served, from memory: no path of a request ever reaches the file system.
const FILES = {
  "index.html": "text/html; charset=utf-8",
  "theme.css": "text/css; charset=utf-8",
  "log.css": "text/css; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "dom.js": "text/javascript; charset=utf-8",
  "chosenfile.js": "text/javascript; charset=utf-8",
  "log.js": "text/javascript; charset=utf-8",
  "echoes.js": "text/javascript; charset=utf-8",
  "language.js": "text/javascript; charset=utf-8",
  "texts.js": "text/javascript; charset=utf-8",
  "closecodes.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-cache",
  // The page may talk to any WebSocket server and show files that came back; it runs no code but its own.
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
};

// The folder has the same place beside src as beside dist.
const PUBLIC = new URL("../public/", import.meta.url);

/** Reads the files of the page once and returns the handler that serves them: GET and HEAD, 404 for all else. */
export function createPage(): (request: IncomingMessage, response: ServerResponse) => void {
  const pages = new Map<string, { type: string; body: Buffer }>();
  for (const [name, type] of Object.entries(FILES)) {
    pages.set(`/${name}`, { type, body: readFileSync(new URL(name, PUBLIC)) });
  }
  const start = pages.get("/index.html");
  if (start !== undefined) pages.set("/", start);

  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      // The connection ends here, so that no body of unknown length has to be read.
      refuse(response, 405, { Allow: "GET, HEAD", Connection: "close" });
      return;
    }
    const page = pages.get((request.url ?? "").split("?", 1)[0] ?? "");
    if (page === undefined) {
      refuse(response, 404, {});
      return;
    }
    // Node leaves the body out of an answer to HEAD.
    response.writeHead(200, { ...HEADERS, "Content-Type": page.type, "Content-Length": page.body.length });
    response.end(page.body);
  };
}

function refuse(response: ServerResponse, status: 404 | 405, headers: Record<string, string>): void {
  const body = status === 404 ? "Not found\n" : "Only GET and HEAD\n";
  response.writeHead(status, {
    ...HEADERS,
    ...headers,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": body.length,
  });
  response.end(body);
}
