// Opens the page of the kit at the address in PLYWS_CONFORMANCE_URL in a browser, until it has run every case.
import process from "node:process";
import { launch } from "puppeteer-core";

const [executablePath = ""] = process.argv.slice(2);
const base = process.env.PLYWS_CONFORMANCE_URL ?? "";
const browser = await launch({
  executablePath,
  headless: true,
  // The sandbox does not work for root, nor in most containers; only the kit's own page is opened.
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  protocolTimeout: 900_000,
});
try {
  const [, version = "?"] = /\/([\d.]+)/.exec(await browser.version()) ?? [];
  const page = await browser.newPage();
  await page.goto(`${base.replace("ws", "http")}/?agent=${encodeURIComponent(`Chromium ${version}`)}`);
  await page.waitForSelector("body[data-done]", { timeout: 840_000 });
} finally {
  await browser.close();
}
