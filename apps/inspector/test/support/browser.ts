import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tool } from "@plyws/testkit/node";
import { type Browser, launch as launchBrowser, type Page } from "puppeteer-core";
import { onTestFinished } from "vitest";
import { buildPage } from "../../scripts/build.mjs";
import { serve } from "../../scripts/serve.mjs";

export const chromium = tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]);

/** Puppeteer ends it together with this process at the latest. */
export function launch(): Promise<Browser> {
  return launchBrowser({
    executablePath: chromium.path,
    headless: true,
    timeout: 60_000,
    protocolTimeout: 60_000,
    args: [
      // The sandbox does not work for root, nor in most containers; only our own page is opened.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--accept-lang=en-US",
    ],
  });
}

/** Builds the page as it is now, and serves it until the end. */
export async function serveBuilt(): Promise<{ url: string; close(): void }> {
  await buildPage();
  const server = serve(0);
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}

export const SIZES = [
  { name: "a desktop", width: 1200, height: 900, isMobile: false },
  { name: "a phone", width: 390, height: 844, isMobile: true },
] as const;

export interface Visit {
  readonly page: Page;
  /** What the browser complains about. */
  readonly complaints: string[];
  /** Everything that was asked for. */
  readonly requests: string[];
}

export async function open(
  browser: Browser,
  url: string,
  size: (typeof SIZES)[number] = SIZES[0],
): Promise<Visit> {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const { width, height, isMobile } = size;
  await page.setViewport({ width, height, isMobile, hasTouch: isMobile });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  await page.waitForSelector(">>> .summary");
  return { page, complaints, requests };
}

/** The text of an element of the inspector, with single spaces. */
export async function textOf(page: Page, selector: string): Promise<string> {
  const text = await page.$eval(`>>> ${selector}`, (found) => found.textContent ?? "");
  return text.replaceAll(/\s+/g, " ").trim();
}

/** Lets go of a file over the inspector. */
export function drop(page: Page, name: string, file: Uint8Array): Promise<unknown> {
  return page.evaluate(`{
    const octets = Uint8Array.fromBase64(${JSON.stringify(Buffer.from(file).toString("base64"))});
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([octets], ${JSON.stringify(name)}));
    const target = document.querySelector("#inspector").shadowRoot.querySelector(".inspector");
    for (const type of ["dragenter", "dragover", "drop"])
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }`);
}

/** Puts a text into the field for octets, as pasting does. */
export function paste(page: Page, text: string): Promise<unknown> {
  return page.evaluate(`{
    const field = document.querySelector("#inspector").shadowRoot.querySelector("#octets");
    field.value = ${JSON.stringify(text)};
    field.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste", bubbles: true }));
  }`);
}
