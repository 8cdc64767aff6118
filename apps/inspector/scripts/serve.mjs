// Serves the page on the loopback interface: `npm run inspector` at the root of the repository, which builds it first.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

// Only these names are served, from memory: no path of a request ever reaches the file system.
const TYPES = {
  "index.html": "text/html; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "inspector.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};
const DEFAULT_PORT = 9003;

/** Starts to serve what was built. @param {number} port 0 takes any free one */
export function serve(port) {
  const files = new Map(
    Object.entries(TYPES).map(([name, type]) => {
      const body = readFileSync(new URL(`../dist/${name}`, import.meta.url));
      return [`/${name}`, { type, body }];
    }),
  );
  const start = files.get("/index.html");
  if (start !== undefined) files.set("/", start);
  const server = createServer((request, response) => {
    const file = files.get((request.url ?? "").split("?", 1)[0] ?? "");
    const headers = { "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache" };
    if (file === undefined) response.writeHead(404, headers).end("Not found\n");
    else response.writeHead(200, { ...headers, "Content-Type": file.type }).end(file.body);
  });
  return server.listen(port, "127.0.0.1");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port = String(DEFAULT_PORT)] = process.argv.slice(2);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    console.error("Usage: npm run inspector -- [port]");
    process.exit(2);
  }
  const server = serve(Number(port));
  server.on("listening", () => {
    const address = server.address();
    if (typeof address === "object") console.log(`page  http://127.0.0.1:${address?.port}/`);
  });
  server.on("error", (error) => {
    console.error(`Cannot listen on port ${port}: ${error.message}`);
    process.exit(1);
  });
}
