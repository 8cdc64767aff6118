// Remakes docs/page.png, and shows the page in other sizes, languages and colours.
//
//   npm run build
//   node apps/echo-server/scripts/screenshot.mjs [folder for all views]
//
// It needs port 9001, Chromium and a Node that runs TypeScript (the pinned one does). The fonts are those of the machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tool } from "@plyws/testkit/node";
import { paint } from "@plyws/testkit/paint";
import { launch } from "puppeteer-core";

/** @typedef {{ file: string, width?: number, height?: number, language?: string, dark?: boolean, text?: string, closes?: boolean }} View */

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const [folder] = process.argv.slice(2);

/** @type {View[]} */
const views = [{ file: path("../docs/page.png") }];
if (folder !== undefined) {
  views.push(
    { file: join(folder, "dark.png"), dark: true, closes: true },
    { file: join(folder, "chinese.png"), language: "zh-CN", text: "你好，回声！", closes: true },
    { file: join(folder, "phone.png"), width: 360, height: 740 },
    { file: join(folder, "phone-dark-chinese.png"), width: 360, height: 740, dark: true, language: "zh-CN" },
  );
}

const temporary = mkdtempSync(join(tmpdir(), "plyws-screenshot-"));
const server = spawn(process.execPath, [path("../dist/main.js"), "--quiet"], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const [output] = await Promise.race([once(server.stdout, "data"), once(server, "exit")]);
  const url = /page +(\S+)/.exec(String(output))?.[1];
  if (url === undefined) throw new Error("The server did not start");
  for (const view of views) await take(view, url);
} finally {
  server.kill("SIGTERM");
  rmSync(temporary, { recursive: true });
}

/**
 * Waits until the page is drawn: then times are not those of the drawing, and the log has scrolled to its end.
 * @param {import("puppeteer-core").Page} page
 */
async function drawn(page) {
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 200)))");
}

/**
 * @param {View} view
 * @param {string} url
 */
async function take(
  { file, width = 1200, height = 790, language = "en-US", dark = false, text, closes },
  url,
) {
  const browser = await launch({
    executablePath: tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]).path,
    args: ["--no-sandbox", "--disable-gpu", `--accept-lang=${language}`],
  });
  try {
    const page = await browser.newPage();
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
    const picture = join(temporary, "evening.png");
    const painted = await page.evaluate(paint);
    writeFileSync(picture, painted.slice(painted.indexOf(",") + 1), "base64");

    await page.goto(url);
    await page.click("#connect");
    await page.waitForSelector('#state[data-state="stateOpen"]');
    await drawn(page);
    await page.type("#text", text ?? "Hello, echo! 你好");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".received");
    await drawn(page);
    const input = await page.waitForSelector("input#file");
    await input?.uploadFile(picture);
    await page.click("#send-file");
    await page.waitForFunction("document.querySelectorAll('.good').length === 2");
    await page.waitForFunction("document.querySelector('.received img')?.naturalWidth > 0");
    if (closes) {
      await page.click("#close");
      await page.waitForSelector('#state[data-state="stateIdle"]');
    }
    await drawn(page);
    await page.screenshot({ path: file, fullPage: width < 500 });
    console.log(file);
  } finally {
    await browser.close();
  }
}
