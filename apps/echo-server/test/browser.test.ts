import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "@plyws/node";
import { KINDS, type Kind, launch } from "@plyws/testkit/browsers";
import { createPng } from "@plyws/testkit/node";
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { closed, connect, enabled, entry, fill, focused, open, tabTo, textOf } from "./driver.ts";
import { serve } from "./program.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const folder = mkdtempSync(join(tmpdir(), "plyws-echo-"));
const picture = join(folder, "picture.png");
writeFileSync(picture, createPng(320, 180));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const kind of KINDS) {
  describe.skipIf(kind.program.skip)(`the page in ${kind.name}`, () => {
    driveWith(kind);
  });
}

function driveWith(kind: Kind): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind, "en-US");
  });
  afterAll(() => browser?.close());

  test("connects, echoes a text and a picture, and closes", async () => {
    const { page, complaints } = await open(browser, await serve().url("page"));
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
    await closed(page);
    const last = await entry(page, "li:last-child");
    expect(last).toContain("Closed with code 1000: normal end, the purpose is fulfilled");
    expect(last).toContain("clean: both sides sent a Close frame");
    expect(await enabled(page)).toEqual(["connect", "clear"]);
    expect(complaints).toEqual([]);
  });

  test("works by the keyboard alone", async () => {
    const { page } = await open(browser, await serve().url("page"));
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
    await closed(page);
    expect(await focused(page)).toBe("connect");
  });

  test("closes with a code and a reason of one's own, and explains what it refuses", async () => {
    const program = serve();
    const { page, complaints } = await open(browser, await program.url("page"));
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
    await closed(page);
    expect(await textOf(page, "li:nth-last-child(2)")).toMatch(/Closing with code 3001.*再见/s);
    expect(await textOf(page, "li:last-child")).toMatch(/3001: from the range for libraries.*clean/s);
    await program.printed(/^\S+ - #1 closed with code 3001 "再见" after [\d.]+ s$/m);
    expect(await page.$("#close-problem:not([hidden])")).toBeNull();
    expect(complaints).toEqual([]);
  });

  test("tells why the other side closed", async () => {
    const program = serve("--max-message-size", "1KiB");
    const { page } = await open(browser, await program.url("page"));
    await connect(page);
    await page.type("#text", "x".repeat(30));
    await page.evaluate("document.querySelector('#text').value = 'x'.repeat(1025)");
    await page.click("#send-text");
    await closed(page);
    expect(await entry(page, "li:last-child")).toContain("Closed with code 1009: message too big");
    await connect(page);
    program.signal("SIGTERM");
    await closed(page);
    expect(await entry(page, "li:last-child")).toContain("Closed with code 1001: going away");
    await page.click("#connect");
    await page.waitForFunction("document.querySelector('li:last-child').textContent.includes('1006')");
    expect(await textOf(page, "li:nth-last-child(2)")).toContain("No connection to ws://127.0.0.1:");
    expect(await textOf(page, "li:last-child")).toContain("1006: the connection ended without a Close frame");
  });

  test("takes a file that is dropped, and offers to save what came back", async () => {
    const { page, complaints } = await open(browser, await serve().url("page"));
    await connect(page);
    await page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["some notes"], "notes.txt", { type: "text/plain" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }`);
    expect(await textOf(page, "#chosen")).toMatch(/notes\.txt\s*10 bytes/);
    expect(await focused(page)).toBe("send-file");
    await page.keyboard.press("Enter");
    expect(await entry(page, ".received")).toContain("notes.txt");
    await page.waitForSelector(".received .good");
    const saved = await page.$eval(".received a", (link) => [link.download, link.protocol]);
    expect(saved).toEqual(["notes.txt", "blob:"]);
    expect(await page.$("#entries img, #chosen:not([hidden])")).toBeNull();
    expect(complaints).toEqual([]);
  });

  test("connects to any other server, and tells an echo from what is none", async () => {
    const other = await listen(
      { port: 0, host: "127.0.0.1", origin: "any" },
      {
        open: (socket) => void socket.send("welcome"),
        message: (socket, data) =>
          void socket.send(typeof data === "string" ? `${data}!` : data.map((octet) => ~octet)),
      },
    );
    onTestFinished(() => void other.close({ deadline: 0 }));
    const { page, complaints } = await open(browser, await serve().url("page"));
    await fill(page, "#address", other.url);
    await connect(page);
    expect(await entry(page, ".received")).toMatch(/welcome.*not an echo/s);
    await page.type("#text", "hello");
    await page.keyboard.press("Enter");
    expect(await entry(page, ".received ~ .received")).toMatch(/hello!.*not an echo/s);
    const input = await page.waitForSelector("input#file");
    await input?.uploadFile(picture);
    await page.click("#send-file");
    await page.waitForSelector(".received .bad");
    expect(await textOf(page, ".received .bad")).toBe("differs from what was sent");
    expect(complaints).toEqual([]);
  });

  test("shows texts as they are, keeps a bounded log and fits a phone", async () => {
    const { page, complaints } = await open(browser, await serve().url("page"));
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

  test.each([
    { width: 1200, height: 900 },
    { width: 1200, height: 700 },
    { width: 390, height: 844 },
  ])("shows the newest entry at $width x $height, and scrolls only on a phone", async ({ width, height }) => {
    const { page } = await open(browser, await serve().url("page"));
    await page.setViewport({ width, height });
    await connect(page);
    await page.evaluate(`for (let index = 0; index < 20; index++) {
      document.querySelector("#text").value = "message " + index;
      document.querySelector("#text-form").requestSubmit();
    }`);
    await page.waitForFunction("document.querySelectorAll('.received').length === 20");
    await page.click("#close");
    await closed(page);
    await page.waitForFunction(`(() => {
      const { top, bottom } = document.querySelector("#entries li:last-child").getBoundingClientRect();
      const log = document.querySelector("#log").getBoundingClientRect();
      return top >= Math.max(log.top, 0) && bottom <= Math.min(log.bottom, innerHeight);
    })()`);
    const scrolls = await page.evaluate("document.documentElement.scrollHeight > innerHeight");
    expect(scrolls).toBe(width < 500);
  });

  test("speaks Chinese to whoever reads Chinese, and English on demand", async () => {
    const chinese = await launch(kind, "zh-CN, zh, en");
    onTestFinished(() => chinese.close());
    const { page, complaints } = await open(chinese, await serve().url("page"));
    expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
    expect(await textOf(page, "h1")).toBe("plyws 回声");
    expect(await textOf(page, "#state")).toBe("未连接");
    expect(await page.$eval("#text", (field) => field.getAttribute("placeholder"))).toBe("输入消息");
    await connect(page);
    await page.click("#close");
    await closed(page);
    expect(await entry(page, "li:last-child")).toMatch(/已关闭，代码 1000：正常结束.*正常关闭/s);
    await page.click("#language");
    expect(await page.evaluate("document.documentElement.lang")).toBe("en");
    expect(await entry(page, "li:last-child")).toMatch(/Closed with code 1000: normal end.*clean/s);
    expect(complaints).toEqual([]);
  });
}
