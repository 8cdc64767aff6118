import type { Browser, Page } from "puppeteer-core";
import { onTestFinished } from "vitest";

export interface Visitor {
  readonly page: Page;
  /** What the browser complains about. */
  readonly complaints: string[];
}

/** Opens the page as a new person would, in a browser of their own. */
export async function visit(browser: Browser, url: string): Promise<Visitor> {
  const context = await browser.createBrowserContext();
  // Unless the browser was closed before.
  onTestFinished(() => context.close().catch(() => {}));
  const page = await context.newPage();
  await page.setViewport({ width: 1100, height: 800 });
  const complaints: string[] = [];
  page.on("console", (message) => {
    // That the server is away is what some tests are about.
    const expected =
      message.text().includes("ERR_CONNECTION") || message.text().includes("WebSocket connection");
    if ((message.type() === "error" || message.type() === "warn") && !expected)
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}

/** Opens the page and comes in under a name. */
export async function enter(browser: Browser, url: string, name: string): Promise<Visitor> {
  const visitor = await visit(browser, url);
  await visitor.page.waitForSelector("dialog[open] #name");
  await visitor.page.type("#name", name);
  await visitor.page.keyboard.press("Enter");
  await visitor.page.waitForSelector("dialog:not([open])");
  await visitor.page.waitForSelector('#state[data-state="open"]');
  return visitor;
}

/** Writes a message and sends it. */
export async function say(page: Page, text: string): Promise<void> {
  await page.type("#text", text);
  await page.keyboard.press("Enter");
}

/** Waits until a text is in the log; fails with what is there instead. */
export async function shows(page: Page, text: string): Promise<void> {
  await page
    .waitForFunction(`document.querySelector("#messages").textContent.includes(${JSON.stringify(text)})`)
    .catch(async (error: unknown) => {
      throw new Error(`"${text}" is not there: ${await textOf(page, "#messages")}`, { cause: error });
    });
}

export const textOf = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (found) => found.textContent ?? "");

/** The texts of all messages, in the order in which they are shown. */
export const texts = (page: Page): Promise<string[]> =>
  page.$$eval("#messages .message:not(.waiting) .text", (found) =>
    found.map(({ textContent }) => textContent ?? ""),
  );
