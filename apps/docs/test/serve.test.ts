import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "../src/serve.ts";

const folder = mkdtempSync(join(tmpdir(), "plyws-docs-"));
let server: Server;
let port = 0;

beforeAll(async () => {
  mkdirSync(join(folder, "site/guide"), { recursive: true });
  writeFileSync(join(folder, "secret.html"), "secret");
  for (const name of ["index", "guide/index", "guide/server", "404", ".hidden"]) {
    writeFileSync(join(folder, "site", `${name}.html`), name);
  }
  server = serve(join(folder, "site"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" ? (address?.port ?? 0) : 0;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Not by `fetch`, which would tidy the path up. */
const get = (path: string) =>
  new Promise<string>((resolve, reject) => {
    request({ host: "127.0.0.1", port, path }, (response) => {
      let text = `${response.statusCode} `;
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });

test.each([
  ["/", "200 index"],
  ["/?query", "200 index"],
  ["/guide/", "200 guide/index"],
  ["/guide/server", "200 guide/server"],
  ["/guide/server.html", "200 guide/server"],
  ["/nowhere", "404 404"],
  ["/../secret.html", "404 404"],
  ["/%2e%2e/secret.html", "404 404"],
  ["/guide/..%2f..%2fsecret.html", "404 404"],
  ["/.hidden.html", "404 404"],
  ["/%00", "404 404"],
  ["/%", "404 404"],
  ["//", "200 index"],
])("%s", async (path, expected) => {
  expect(await get(path)).toBe(expected);
});
