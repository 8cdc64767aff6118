import type { Browser, Page } from "puppeteer-core";
import { onTestFinished } from "vitest";

/** Opens the page of a server. What the browser complains about ends up in `complaints`. */
export async function open(browser: Browser, url: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector("#state:not(:empty)");
  return { page, complaints };
}

/** Connects, and comes back when the page says that it is. */
export async function connect(page: Page): Promise<void> {
  await page.click("#connect");
  await page.waitForSelector('#state[data-state="stateOpen"]');
}

export const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (found) => found.textContent ?? "");

/** Waits until the page says that there is no connection. */
export async function closed(page: Page): Promise<void> {
  await page.waitForSelector('#state[data-state="stateIdle"]');
}

/** The text of the first entry of the log that fits the selector, as soon as there is one. */
export async function entry(page: Page, selector: string): Promise<string> {
  await page.waitForSelector(selector);
  return textOf(page, selector);
}

/** The names of the buttons that can be used, without those that always can. */
export function enabled(page: Page): Promise<string[]> {
  return page.$$eval("button:enabled:not(#language, #drop-file)", (buttons) => buttons.map(({ id }) => id));
}

/** Replaces what is in a field, by hand. */
export async function fill(page: Page, selector: string, text: string): Promise<void> {
  await page.click(selector, { count: 3 });
  await page.keyboard.press("Backspace");
  await page.type(selector, text);
}

/** What has the focus; a summary goes by the name of its details. */
export const focused = (page: Page) =>
  page.evaluate("document.activeElement.id || document.activeElement.parentElement?.id");

/** Presses Tab until that element has the focus. */
export async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    if ((await focused(page)) === id) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${id}`);
}
