// Remakes docs/inspector.png; with a folder as argument, pictures of several views in it instead.
//
//   npm run build
//   node apps/inspector/scripts/screenshot.mjs
//
// It needs Chromium and a Node that runs TypeScript (the pinned one does). The fonts are those of the machine.
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tool } from "@plyws/testkit/node";
import { launch } from "puppeteer-core";
import { serve } from "./serve.mjs";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const MASKED = "octets=818537fa213d7f9f4d5158&from=client";
const WRONG = "octets=0104cebae1bd8006b9eda0806f6b&from=server&frame=2";
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };

/** @typedef {{ file: string, fragment?: string, dark?: boolean, width?: number, height?: number, capture?: string, isMobile?: boolean, hasTouch?: boolean, full?: boolean }} View */

const [folder] = process.argv.slice(2);
/** @type {View[]} */
const views =
  folder === undefined
    ? [{ file: path("../docs/inspector.png"), fragment: MASKED, full: true }]
    : [
        { file: join(folder, "light.png"), fragment: MASKED },
        { file: join(folder, "dark.png"), fragment: WRONG, dark: true, full: true },
        { file: join(folder, "capture.png"), capture: path("../test/fixtures/loopback.pcap"), full: true },
        { file: join(folder, "phone.png"), fragment: MASKED, ...PHONE, full: true },
        { file: join(folder, "phone-dark.png"), fragment: WRONG, ...PHONE, dark: true, full: true },
      ];

const server = serve(0);
await once(server, "listening");
const address = server.address();
const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
const browser = await launch({
  executablePath: tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]).path,
  args: ["--no-sandbox", "--disable-gpu", "--accept-lang=en-US"],
});
try {
  for (const view of views) await take(view);
} finally {
  await browser.close();
  server.close();
}

/** @param {View} view */
async function take({
  file,
  fragment = "",
  dark = false,
  width = 1200,
  height = 900,
  full = false,
  capture,
  ...rest
}) {
  const page = await browser.newPage();
  await page.setViewport({ width, height, ...rest });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(`${url}#${fragment}`);
  await page.waitForSelector(">>> .frame");
  if (capture !== undefined) {
    const input = await page.waitForSelector(">>> #file");
    await input?.uploadFile(capture);
    await page.waitForSelector(">>> #direction option");
  }
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 300)))");
  await page.screenshot({ path: file, fullPage: full });
  await page.close();
  console.log(file);
}
