import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join, normalize } from "node:path";
import { KINDS, type Kind, launch } from "@plyws/testkit/browsers";
import type { FileResult } from "../harness/suite.ts";
import { ALL, type Consumer } from "./consumer.ts";
import { type Outcome, PATIENCE, type Runtime } from "./runtime.ts";

/** The browsers of the machine: a page imports the modules one by one, as they are in the packages. */
export const BROWSERS: readonly Runtime[] = KINDS.map((kind) => ({
  name: kind.program.name,
  tool: kind.program,
  pinned: false,
  run: (consumer) => runPage(kind, consumer),
}));

async function runPage(kind: Kind, consumer: Consumer): Promise<Outcome> {
  const browser = await launch(kind, "en-US");
  const server = serve(consumer);
  const output: string[] = [];
  const deadline = setTimeout(() => void browser.close().catch(() => {}), PATIENCE);
  try {
    const page = await browser.newPage();
    page.on("console", (message) => output.push(message.text()));
    page.on("pageerror", (error) => output.push(String(error)));
    await page.goto(await server.url);
    const results = await page.evaluate(
      `import("/${ALL}").then(async ({ run }) => {
        const results = [];
        await run((result) => results.push(result));
        return JSON.stringify(results);
      })`,
    );
    const parsed: FileResult[] = JSON.parse(String(results));
    return { results: parsed, output: output.join("\n") };
  } finally {
    clearTimeout(deadline);
    await browser.close();
    server.close();
  }
}

/** Gives a page with the import map, and the modules, to this machine alone. */
function serve({ folder, importMap }: Consumer): { readonly url: Promise<string>; close(): void } {
  const page = `<!doctype html><title>plyws</title><script type="importmap">${importMap}</script>`;
  const server: Server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    try {
      const body = pathname === "/" ? page : readFileSync(join(folder, normalize(pathname)));
      response.setHeader("content-type", pathname === "/" ? "text/html" : "text/javascript").end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const url = new Promise<string>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(`http://127.0.0.1:${address.port}/`);
    });
  });
  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
