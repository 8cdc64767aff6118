import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { KINDS, type Kind, launch, whyNot } from "./browsers.ts";
import { createPng } from "./png.ts";
import { type Program, serve } from "./program.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const folder = mkdtempSync(join(tmpdir(), "plyws-echo-"));
const picture = join(folder, "picture.png");
writeFileSync(picture, createPng(320, 180));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const kind of KINDS) {
  const missing = whyNot(kind);
  const why = missing === null ? "" : ` (skipped: ${missing})`;
  describe.skipIf(missing !== null)(`the page in ${kind.name}${why}`, () => {
    driveWith(kind);
  });
}

function driveWith(kind: Kind): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind, "en-US");
  });
  afterAll(() => browser?.close());

  /** Opens the page of a new server. What the browser complains about ends up in `complaints`. */
  async function open(program: Program, inBrowser = browser) {
    const page = await inBrowser.newPage();
    onTestFinished(() => page.close());
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("response", (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(await program.url("page"));
    await page.waitForSelector("#state:not(:empty)");
    return { page, complaints };
  }

  test("connects, echoes a text and a picture, and closes", async () => {
    const { page, complaints } = await open(serve());
    expect(await enabled(page)).toEqual(["connect"]);
    await connect(page);
    expect(await textOf(page, "#state")).toBe("Connected");
    expect(await enabled(page)).toEqual(["close", "clear", "send-file", "send-text"]);

    await page.type("#text", "Hello 你好");
    await page.keyboard.press("Enter");
    expect(await entry(page, ".received")).toContain("Hello 你好");
    expect(await entry(page, ".received")).toMatch(/identical to what was sent.*back after [\d.]+ ms/s);

    const input = await page.waitForSelector("input#file");
    await input?.uploadFile(picture);
    await page.waitForSelector("#chosen:not([hidden])");
    expect(await textOf(page, "#chosen")).toMatch(/picture\.png\s*[\d.]+ KiB/);
    await page.click("#send-file");
    await page.waitForSelector(".received:nth-of-type(6) .good");
    expect(await entry(page, ".received:last-child")).toMatch(/picture\.png.*identical to what was sent/s);
    await page.waitForFunction("document.querySelector('.received img')?.naturalWidth > 0");
    expect(await page.evaluate("document.querySelector('.received img').naturalWidth")).toBe(320);

    await page.click("#close");
    await page.waitForSelector('#state[data-state="stateIdle"]');
    const last = await entry(page, "li:last-child");
    expect(last).toContain("Closed with code 1000: normal end, the purpose is fulfilled");
    expect(last).toContain("clean: both sides sent a Close frame");
    expect(await enabled(page)).toEqual(["connect", "clear"]);
    expect(complaints).toEqual([]);
  });

  test("works by the keyboard alone", async () => {
    const { page } = await open(serve());
    await tabTo(page, "connect");
    await page.keyboard.press("Enter");
    await page.waitForSelector('#state[data-state="stateOpen"]');
    expect(await focused(page)).toBe("text");
    await page.keyboard.type("first");
    await page.keyboard.down("Shift");
    await page.keyboard.press("Enter");
    await page.keyboard.up("Shift");
    await page.keyboard.type("second");
    await page.keyboard.press("Enter");
    expect(await entry(page, ".received")).toContain("first\nsecond");
    for (const id of ["file", "send-text"]) await tabTo(page, id);
    await page.keyboard.down("Shift");
    for (const id of ["log", "clear", "close", "close-details", "language"]) await tabTo(page, id);
    await page.keyboard.up("Shift");
    await tabTo(page, "close");
    await page.keyboard.press("Enter");
    await page.waitForSelector('#state[data-state="stateIdle"]');
    expect(await focused(page)).toBe("connect");
  });

  test("closes with a code and a reason of one's own, and explains what it refuses", async () => {
    const program = serve();
    const { page, complaints } = await open(program);
    await page.type("#subprotocol", "echo.v2, echo.v1");
    await connect(page);
    expect(await textOf(page, "li:last-child")).toContain("subprotocol echo.v2");
    await page.click("summary");
    await fill(page, "#close-code", "1001");
    await page.click("#close");
    expect(await textOf(page, "#close-problem")).toContain("only 1000 or a code from 3000 to 4999");
    expect(await focused(page)).toBe("close-code");
    await fill(page, "#close-code", "3001");
    await fill(page, "#close-reason", "再见");
    await page.click("#close");
    await page.waitForSelector('#state[data-state="stateIdle"]');
    expect(await textOf(page, "li:nth-last-child(2)")).toMatch(/Closing with code 3001.*再见/s);
    expect(await textOf(page, "li:last-child")).toMatch(/3001: from the range for libraries.*clean/s);
    await program.printed(/^\S+ - #1 closed with code 3001 "再见" after [\d.]+ s$/m);
    expect(await page.$("#close-problem:not([hidden])")).toBeNull();
    expect(complaints).toEqual([]);
  });

  test("tells why the other side closed", async () => {
    const program = serve("--max-message-size", "1KiB");
    const { page } = await open(program);
    await connect(page);
    await page.type("#text", "x".repeat(30));
    await page.evaluate("document.querySelector('#text').value = 'x'.repeat(1025)");
    await page.click("#send-text");
    await page.waitForSelector('#state[data-state="stateIdle"]');
    expect(await entry(page, "li:last-child")).toContain("Closed with code 1009: message too big");
    await connect(page);
    program.signal("SIGTERM");
    await page.waitForSelector('#state[data-state="stateIdle"]');
    expect(await entry(page, "li:last-child")).toContain("Closed with code 1001: going away");
    await page.click("#connect");
    await page.waitForFunction("document.querySelector('li:last-child').textContent.includes('1006')");
    expect(await textOf(page, "li:nth-last-child(2)")).toContain("No connection to ws://127.0.0.1:");
    expect(await textOf(page, "li:last-child")).toContain("1006: the connection ended without a Close frame");
  });

  test("shows texts as they are, keeps a bounded log and fits a phone", async () => {
    const { page, complaints } = await open(serve());
    await page.setViewport({ width: 360, height: 740 });
    await connect(page);
    const markup = '<img src=x onerror="document.title=1"><b>';
    await page.type("#text", markup);
    await page.click("#send-text");
    expect(await entry(page, ".received")).toContain(markup);
    expect(await page.$("#entries b, #entries img")).toBeNull();

    const input = await page.waitForSelector("input#file");
    await input?.uploadFile(picture);
    await page.click("#send-file");
    await page.waitForSelector(".received img");
    await page.evaluate(`for (let index = 0; index < 260; index++) {
      document.querySelector("#text").value = index + "x".repeat(3000);
      document.querySelector("#text-form").requestSubmit();
    }`);
    await page.waitForFunction(
      "document.querySelector('.received:last-child .quote')?.textContent.startsWith('259x')",
    );
    expect(await page.$$eval("#entries li", (items) => items.length)).toBe(500);
    expect(await textOf(page, "li:last-child .notes")).toContain("shortened here, 3003 characters in all");
    expect(await page.$eval("li:last-child .quote", (quote) => quote.textContent?.length)).toBe(2000);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await page.click("#clear");
    expect(await page.$("#entries li")).toBeNull();
    expect(complaints).toEqual([]);
  });

  test("speaks Chinese to whoever reads Chinese, and English on demand", async () => {
    const chinese = await launch(kind, "zh-CN, zh, en");
    onTestFinished(() => chinese.close());
    const { page, complaints } = await open(serve(), chinese);
    expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
    expect(await textOf(page, "h1")).toBe("plyws 回声");
    expect(await textOf(page, "#state")).toBe("未连接");
    expect(await page.$eval("#text", (field) => field.getAttribute("placeholder"))).toBe("输入消息");
    await connect(page);
    await page.click("#close");
    await page.waitForSelector('#state[data-state="stateIdle"]');
    expect(await entry(page, "li:last-child")).toMatch(/已关闭，代码 1000：正常结束.*正常关闭/s);
    await page.click("#language");
    expect(await page.evaluate("document.documentElement.lang")).toBe("en");
    expect(await entry(page, "li:last-child")).toMatch(/Closed with code 1000: normal end.*clean/s);
    expect(complaints).toEqual([]);
  });
}

async function connect(page: Page) {
  await page.click("#connect");
  await page.waitForSelector('#state[data-state="stateOpen"]');
}

const textOf = (page: Page, selector: string) => page.$eval(selector, (found) => found.textContent ?? "");

/** The text of the first entry of the log that fits the selector, as soon as there is one. */
async function entry(page: Page, selector: string): Promise<string> {
  await page.waitForSelector(selector);
  return textOf(page, selector);
}

/** The names of the buttons that can be used, without those that always can. */
function enabled(page: Page): Promise<string[]> {
  return page.$$eval("button:enabled:not(#language, #drop-file)", (buttons) => buttons.map(({ id }) => id));
}

/** Replaces what is in a field, by hand. */
async function fill(page: Page, selector: string, text: string): Promise<void> {
  await page.click(selector, { count: 3 });
  await page.keyboard.press("Backspace");
  await page.type(selector, text);
}

/** What has the focus; a summary goes by the name of its details. */
const focused = (page: Page) =>
  page.evaluate("document.activeElement.id || document.activeElement.parentElement?.id");

/** Presses Tab until that element has the focus. */
async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    if ((await focused(page)) === id) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${id}`);
}
