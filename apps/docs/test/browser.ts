import { tool } from "@plyws/testkit/node";
import { type Browser, launch as launchBrowser } from "puppeteer-core";

export type { Browser, Page } from "puppeteer-core";

export const chromium = tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]);

/** Puppeteer ends it together with this process at the latest. */
export function launch(): Promise<Browser> {
  return launchBrowser({
    executablePath: chromium.path,
    timeout: 60_000,
    protocolTimeout: 60_000,
    // The sandbox does not work for root, nor in most containers; only our own pages are opened.
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
}
