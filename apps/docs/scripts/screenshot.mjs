// Remakes docs/site.png, and shows pages in other sizes and colours.
//
//   npm run build
//   node apps/docs/scripts/screenshot.mjs [folder for all views] [paths of pages]
//
// It needs Chromium and a Node that runs TypeScript (the pinned one does). The fonts are those of the machine.
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tool } from "@plyws/testkit/node";
import { launch } from "puppeteer-core";
import { serve } from "../src/serve.ts";

const USUAL = ["/", "/guide/", "/guide/from-ws", "/protocol/frames", "/api/node", "/reference/comparisons"];

/** @typedef {{ file: string, path: string, width?: number, height?: number, dark?: boolean }} View */

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const [folder, ...chosen] = process.argv.slice(2);

/** @type {View[]} */
const views = [{ file: path("../docs/site.png"), path: "/protocol/frames#live", height: 1000 }];
if (folder !== undefined) {
  mkdirSync(folder, { recursive: true });
  for (const one of chosen.length > 0 ? chosen : USUAL) {
    const name = join(folder, one.replaceAll("/", "_"));
    views.push(
      { file: `${name}-light.png`, path: one, height: 1500 },
      { file: `${name}-dark.png`, path: one, height: 1500, dark: true },
      { file: `${name}-phone.png`, path: one, width: 390, height: 800 },
      { file: `${name}-phone-dark.png`, path: one, width: 390, height: 2400, dark: true },
    );
  }
}

const server = serve(path("../dist")).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" ? address?.port : undefined;
const browser = await launch({
  executablePath: tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]).path,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage();
  for (const { file, path: where, width = 1280, height = 860, dark = false } of views) {
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
    await page.goto(`http://127.0.0.1:${port}${where}`, { waitUntil: "networkidle0" });
    await page.screenshot({ path: file });
    console.log(file);
  }
} finally {
  await browser.close();
  server.close();
}
