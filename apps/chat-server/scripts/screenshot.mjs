// Remakes docs/page.png and docs/phone.png.
//
//   npm run build
//   node apps/chat-server/scripts/screenshot.mjs
//
// It needs Chromium and a Node that runs TypeScript (the pinned one does). The fonts are those of the machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tool } from "@plyws/testkit/node";
import { paint } from "@plyws/testkit/paint";
import { launch } from "puppeteer-core";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), "plyws-chat-screenshot-"));
const server = spawn(
  process.execPath,
  [path("../dist/main.js"), "--port", "0", "--data", join(temporary, "data"), "--log-level", "warn"],
  { stdio: ["ignore", "pipe", "inherit"] },
);
const browser = await launch({
  executablePath: tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]).path,
  args: ["--no-sandbox", "--disable-gpu", "--accept-lang=en-US"],
});
try {
  const [output] = await once(server.stdout, "data");
  const url = /page +(\S+)/.exec(String(output))?.[1] ?? "";
  await takeAll(url);
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await once(server, "exit");
  rmSync(temporary, { recursive: true });
}

/** @param {string} url @param {string} name */
async function enter(url, name) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1120, height: 760 });
  await page.goto(url);
  await page.waitForSelector("dialog[open] #name");
  await page.type("#name", name);
  await page.keyboard.press("Enter");
  await page.waitForSelector('#state[data-state="open"]');
  return page;
}

/** @param {import("puppeteer-core").Page} page @param {string} text */
async function say(page, text) {
  await page.type("#text", text);
  await page.keyboard.press("Enter");
  await page.waitForFunction("document.querySelectorAll('.waiting').length === 0");
}

/** @param {import("puppeteer-core").Page} page */
async function drawn(page) {
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 300)))");
}

/** @param {string} url */
async function takeAll(url) {
  const ann = await enter(url, "Ann");
  const ben = await enter(url, "Ben");
  const ming = await enter(url, "小明");
  for (const room of ["garden-club", "reading"]) {
    for (const page of [ann, ben]) {
      await page.click("#add-room");
      await page.type("#room", room);
      await page.keyboard.press("Enter");
      await page.waitForFunction(`document.querySelector("#room-name").textContent === "# ${room}"`);
    }
  }
  for (const page of [ann, ben]) await page.$eval("#rooms .room", (room) => room.click());
  await say(ann, "Good evening! I walked up the hill again, look:");
  const picture = join(temporary, "evening.png");
  const painted = await ann.evaluate(paint);
  writeFileSync(picture, painted.slice(painted.indexOf(",") + 1), "base64");
  const input = await ann.waitForSelector("input#file");
  await input?.uploadFile(picture);
  await ben.waitForFunction("document.querySelector('#messages img')?.naturalWidth > 0");
  await say(ben, "Beautiful. Is that the old path? https://example.com/paths");
  await say(ming, "真漂亮！明天我也去。");
  await ann.hover(".message:nth-last-child(2)");
  await ann.click(".message:nth-last-child(2) .act-reply");
  await say(ann, "Yes, and the gate is open again");
  await ben.$eval("#rooms li:nth-child(2) .room", (room) => room.click());
  await say(ben, "The tomatoes are in");
  await ben.click("#add-direct");
  await ben.type("#direct", "Ann");
  await ben.keyboard.press("Enter");
  await ben.waitForFunction("document.querySelector('#room-name').textContent === 'Ann'");
  await say(ben, "Shall we go on Sunday?");
  await ben.$eval("#rooms .room", (room) => room.click());
  await ben.waitForFunction("document.querySelector('#room-name').textContent === '# lobby'");
  await ming.bringToFront();
  await ming.type("#text", "我");
  await ann.bringToFront();
  await drawn(ann);
  await ann.screenshot({ path: path("../docs/page.png") });
  await ann.setViewport({ width: 380, height: 760, deviceScaleFactor: 1, isMobile: true, hasTouch: true });
  await ann.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await drawn(ann);
  await ann.screenshot({ path: path("../docs/phone.png") });
}
