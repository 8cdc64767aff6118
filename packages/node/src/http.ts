// An `import` from "node:http" reads all of its exports, and since Node 22 one of them loads a whole HTTP client that
// nobody needs here: 17 MB of resident memory and 50 ms at the start of the process (Node 26).
const http = process.getBuiltinModule("node:http");

export const createHttpServer = http.createServer;
export const HttpServerResponse = http.ServerResponse;
