import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { serve } from "../src/serve.ts";
import { type Browser, chromium, launch, type Page } from "./browser.ts";
import { built } from "./site.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const WIDTHS = [
  ["a desktop", 1280, 860],
  ["a phone", 390, 800],
] as const;

/** By how many pixels a page is wider than the screen. */
const beyond = (page: Page) =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

describe.skipIf(chromium.skip)("the site in Chromium", () => {
  const server = serve(built);
  let browser: Browser;
  let origin = "";
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  /** Opens a page. What the browser complains about, and what is asked of other servers, ends up in `complaints`. */
  async function open(
    path: string,
    width: number,
    height: number,
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith("data:") && !url.startsWith(origin)) complaints.push(url);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    await page.setViewport({ width, height });
    await page.goto(origin + path);
    await page.waitForSelector("h1");
    return { page, complaints };
  }

  describe.each(WIDTHS)("on %s", (_, width, height) => {
    test.each([
      ["/", "plyws"],
      ["/guide/authentication", "Authentication"],
      ["/guide/from-ws", "Migrating from ws"],
      ["/packages/node", "@plyws/node"],
      ["/api/node", "@plyws/node"],
      ["/reference/comparisons", "Measured comparisons"],
      ["/reference/runtimes", "untimes"],
      ["/protocol/inspector", "The inspector"],
    ])("%s is whole, and no wider than the screen", async (path, title) => {
      const { page, complaints } = await open(path, width, height);
      expect(await page.$eval("h1", (heading) => heading.textContent)).toContain(title);
      expect(await beyond(page)).toBe(0);
      expect(complaints).toEqual([]);
    });

    test("the live example answers what is typed", async () => {
      const { page, complaints } = await open("/protocol/frames", width, height);
      // The inspector lives in a shadow root: `>>>` looks into it.
      const input = await page.waitForSelector(".frame-inspector >>> textarea");
      const shown = async () =>
        String(await page.evaluate("document.querySelector('.frame-inspector').shadowRoot.textContent"));
      expect(await shown()).toContain("Hello");
      await input?.click({ count: 3 });
      await input?.type("83 00");
      await page.waitForFunction(
        "document.querySelector('.frame-inspector').shadowRoot.textContent.includes('section 5.2')",
      );
      expect(await shown()).toContain("reserved");
      expect(await beyond(page)).toBe(0);
      expect(complaints).toEqual([]);
    });

    test("the search finds a word, and leads to it", async () => {
      const { page, complaints } = await open("/", width, height);
      await page.click("#local-search button");
      await page.waitForSelector("#localsearch-input");
      await page.type("#localsearch-input", "maxContextMemory");
      await page.waitForSelector("#localsearch-list .result");
      expect(await page.$eval("#localsearch-list", (list) => list.textContent)).toContain(
        "Compression and its memory",
      );
      await page.keyboard.press("Enter");
      await page.waitForFunction("location.pathname !== '/'");
      expect(complaints).toEqual([]);
    });
  });
});
