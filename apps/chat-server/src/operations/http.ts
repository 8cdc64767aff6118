import type { IncomingMessage, ServerResponse } from "node:http";
import type { Metrics } from "./metrics.ts";
import type { Asset } from "./page.ts";

interface Parts {
  readonly page: ReadonlyMap<string, Asset>;
  readonly metrics: Metrics;
  /** Resolves when requests can be answered, and rejects when they cannot. */
  readonly check: () => Promise<void>;
}

const CHECK_MS = 2000;

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  // No code but the page's own runs, and what people send comes by the socket alone: pictures are blobs.
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
};

/** Answers all requests that are no upgrade: the page, from memory, and what operators ask. */
export function createHandler(parts: Parts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      // The connection ends here, so that no body of unknown length has to be read.
      answer(response, 405, "Only GET and HEAD\n", { Allow: "GET, HEAD", Connection: "close" });
      return;
    }
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (path === "/healthz") answer(response, 200, "ok\n");
    else if (path === "/readyz") void ready(parts, response);
    else if (path === "/metrics") void figures(parts, response);
    else asset(parts, request, response, path);
  };
}

function asset({ page }: Parts, request: IncomingMessage, response: ServerResponse, path: string): void {
  // Only these names are served, from memory: no path of a request ever reaches the file system.
  const found = page.get(path);
  if (found === undefined) {
    answer(response, 404, "Not found\n");
    return;
  }
  const headers = { ...HEADERS, "Cache-Control": "no-cache", ETag: found.tag };
  if (request.headers["if-none-match"] === found.tag) {
    response.writeHead(304, headers).end();
    return;
  }
  // Node leaves the body out of an answer to HEAD.
  response.writeHead(200, {
    ...headers,
    "Content-Type": found.type,
    "Content-Length": found.body.length,
  });
  response.end(found.body);
}

async function ready({ check }: Parts, response: ServerResponse): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The storage does not answer")), CHECK_MS);
  });
  try {
    await Promise.race([check(), tooLong]);
    answer(response, 200, "ready\n");
  } catch (error) {
    answer(response, 503, `${error instanceof Error ? error.message : "not ready"}\n`);
  } finally {
    clearTimeout(timer);
  }
}

async function figures({ metrics }: Parts, response: ServerResponse): Promise<void> {
  try {
    answer(response, 200, await metrics.text(), { "Content-Type": metrics.type });
  } catch {
    answer(response, 500, "The metrics cannot be read\n");
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...HEADERS,
    "Cache-Control": "no-store",
    "Content-Type": "text/plain; charset=utf-8",
    ...headers,
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}
