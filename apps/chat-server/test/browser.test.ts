import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KINDS, launch } from "@plyws/testkit/browsers";
import { createPng } from "@plyws/testkit/node";
import { SignJWT } from "jose";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { enter, say, shows, textOf, texts, visit } from "./support/browser.ts";
import { folder, start } from "./support/program.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

/** Where pictures of the page go, for people who want to look at them. */
const PICTURES = process.env["PLYWS_CHAT_PICTURES"];

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

const send = async (page: Page, file: string) => {
  const input = await page.waitForSelector("input#file");
  await input?.uploadFile(file);
};

const [chromium, firefox] = KINDS;
if (chromium === undefined || firefox === undefined) throw new Error("The test kit knows two browsers");

describe.skipIf(chromium.program.skip)("the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(chromium, "en-US");
  });
  afterAll(() => browser?.close());

  test("asks for a name, refuses one that is taken, and shows two people to each other", async () => {
    const url = await start(["--port", "0", "--data", folder()]).url("page");
    const ann = await enter(browser, url, "Ann");
    // An address may have been cut short in the middle of a character.
    const other = await visit(browser, `${url}#%E4%BD`);
    await other.page.type("#name", "ANN");
    await picture(other.page, "name");
    await other.page.keyboard.press("Enter");
    await other.page.waitForSelector("#dialog-problem:not([hidden])");
    expect(await textOf(other.page, "#dialog-problem")).toBe("Somebody else has this name. Choose another.");
    await other.page.click("#name", { count: 3 });
    await other.page.type("#name", "Ben");
    await other.page.keyboard.press("Enter");
    await ann.page.waitForFunction("document.querySelector('#people').textContent === '2 here'");

    await say(ann.page, "hello <b>Ben</b> <script>document.title = 'broken'</script>");
    await shows(other.page, "hello <b>Ben</b> <script>document.title = 'broken'</script>");
    expect(await other.page.$("#messages b, #messages script")).toBeNull();
    await other.page.type("#text", "see https://example.com/a?b=1.");
    await ann.page.waitForFunction("document.querySelector('#typing').textContent === 'Ben is writing …'");
    await other.page.keyboard.press("Enter");
    await shows(ann.page, "see https://example.com/a?b=1.");
    expect(await ann.page.$eval("#messages a", (link) => link.href)).toBe("https://example.com/a?b=1");
    await ann.page.waitForSelector(".mark.read");
    expect(await ann.page.$eval(".mark.read", (mark) => mark.getAttribute("aria-label"))).toBe("Read by Ben");
    expect(await textOf(ann.page, ".day")).toBe("Today");
    // A name that is taken is no way to lose one's own.
    await other.page.click("#rename");
    for (const name of ["Ann", "Benjamin"]) {
      await other.page.click("#name", { count: 3 });
      await other.page.type("#name", name);
      await other.page.keyboard.press("Enter");
      await other.page.waitForSelector(
        name === "Ann" ? "#dialog-problem:not([hidden])" : "dialog:not([open])",
      );
      await other.page.waitForSelector('#state[data-state="open"]');
    }
    expect(await textOf(other.page, "#me-name")).toBe("Benjamin");
    await shows(ann.page, "see https://example.com/a?b=1.");
    await other.page.close();
    await ann.page.waitForFunction("document.querySelector('#people').textContent === 'Only you are here'");
    expect([...ann.complaints, ...other.complaints]).toEqual([]);
  });

  test("sends a picture and a file, and keeps all of it over a reload", async () => {
    expect(await mainPath(browser)).toEqual([]);
  });

  test("lets somebody in by the token of the address, and keeps it in this tab alone", async () => {
    const secret = "a secret of thirty-two characters";
    const args = ["--port", "0", "--data", folder()];
    const url = await start(args, { PLYWS_CHAT_AUTH_SECRET: secret }).url("page");
    const token = await new SignJWT({ name: "Ann" })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject("ann")
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode(secret));
    const ann = await visit(browser, `${url}#token=${token}`);
    await ann.page.waitForSelector('#state[data-state="open"]');
    expect(await textOf(ann.page, "#me-name")).toBe("Ann");
    // Nobody who sees the address sees the token.
    expect(await ann.page.evaluate("location.hash")).not.toContain("token");
    await say(ann.page, "by a token");
    await ann.page.waitForSelector(".message:not(.waiting)");
    await ann.page.reload();
    await shows(ann.page, "by a token");
    expect(await ann.page.evaluate("JSON.stringify(localStorage)")).not.toContain(token);
    const eve = await visit(browser, `${url}#token=${token.slice(0, -4)}AAAA`);
    await eve.page.waitForSelector("dialog[open]");
    expect(await textOf(eve.page, "dialog")).toContain("This server asks for a token");
    expect([...ann.complaints, ...eve.complaints]).toEqual([]);
  });

  test("loses and doubles nothing when the server is killed and comes back", async () => {
    const data = folder();
    const program = start(["--port", "0", "--data", data]);
    const url = await program.url("page");
    const [ann, ben] = [await enter(browser, url, "Ann"), await enter(browser, url, "Ben")];
    for (const text of ["one", "two"]) await say(ann.page, text);
    await shows(ben.page, "two");
    await program.kill();
    await ann.page.waitForSelector("#banner:not([hidden])");
    expect(await textOf(ann.page, "#banner-text")).toMatch(/what you write is kept/i);
    for (const text of ["three", "four"]) await say(ann.page, text);
    await say(ben.page, "mine");
    expect(await ann.page.$$eval(".waiting", (waiting) => waiting.length)).toBe(2);
    await picture(ann.page, "reconnecting");
    // What is not sent yet outlives the page, too.
    const again = start(["--port", new URL(url).port, "--data", data]);
    await again.url("page");
    await ben.page.reload();
    for (const { page } of [ann, ben]) for (const text of ["four", "mine"]) await shows(page, text);
    await ann.page.waitForFunction("document.querySelectorAll('.waiting').length === 0");
    await ben.page.waitForFunction("document.querySelectorAll('.waiting').length === 0");
    const order = await texts(ann.page);
    expect(order.toSorted()).toEqual(["four", "mine", "one", "three", "two"]);
    expect(order.filter((text) => text !== "mine")).toEqual(["one", "two", "three", "four"]);
    expect(await texts(ben.page)).toEqual(order);
    expect(await ann.page.$("#banner:not([hidden])")).toBeNull();
  });

  test("edits, deletes, answers, searches, and writes to somebody alone", async () => {
    const url = await start(["--port", "0", "--data", folder()]).url("page");
    const [ann, ben] = [await enter(browser, url, "Ann"), await enter(browser, url, "Ben")];
    await say(ann.page, "a mistaek");
    await shows(ann.page, "a mistaek");
    await ann.page.waitForSelector(".message:not(.waiting)");
    await ann.page.focus("#text");
    await ann.page.keyboard.press("ArrowUp");
    await ann.page.waitForFunction("document.querySelector('#text').value === 'a mistaek'");
    await ann.page.click("#text", { count: 3 });
    await ann.page.keyboard.type("no mistake");
    await ann.page.keyboard.press("Enter");
    await shows(ben.page, "no mistake");
    await shows(ben.page, "edited");
    await ben.page.hover(".message");
    await ben.page.click(".act-reply");
    await say(ben.page, "an answer");
    await shows(ann.page, "Ann: no mistake");
    expect(await ben.page.$(".message:not(.own) :is(.act-edit, .act-delete)")).toBeNull();

    await ben.page.click("#search");
    await ben.page.type("#search-text", "MISTAKE");
    await ben.page.keyboard.press("Enter");
    await ben.page.waitForSelector(".result");
    expect(await textOf(ben.page, ".result")).toContain("no mistake");
    await picture(ben.page, "search");
    await ben.page.click(".result");
    await ben.page.waitForSelector(".revealed");

    await ann.page.hover(".message");
    await ann.page.click(".act-delete");
    await ann.page.click("#dialog-ok");
    await shows(ben.page, "This message was deleted.");
    expect(await texts(ben.page)).toEqual(["an answer"]);

    await ben.page.click(".author");
    await ben.page.waitForFunction("document.querySelector('#room-name').textContent === 'Ann'");
    await say(ben.page, "only for you");
    await ann.page.waitForSelector("#directs .count");
    expect(await textOf(ann.page, "#directs .count")).toContain("1 unread");
    await ann.page.click("#directs .room");
    await shows(ann.page, "only for you");
    await ann.page.waitForFunction("document.querySelector('#directs .count') === null");
    await picture(ann.page, "direct");
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });

  test("has rooms, tells what is unread, and shows older messages", async () => {
    const url = await start(["--port", "0", "--data", folder(), "--rate", "0"]).url("page");
    const [ann, ben] = [await enter(browser, url, "Ann"), await enter(browser, url, "Ben")];
    for (const { page } of [ann, ben]) {
      await page.click("#add-room");
      await page.type("#room", "Garden Club");
      await page.keyboard.press("Enter");
      await page.waitForFunction("document.querySelector('#room-name').textContent === '# garden-club'");
    }
    await ben.page.click("#rooms .room");
    await ben.page.waitForFunction("document.querySelector('#room-name').textContent === '# lobby'");
    await ann.page.evaluate(`for (let index = 0; index < 130; index++) {
      document.querySelector("#text").value = "message " + index;
      document.querySelector("#compose").requestSubmit();
    }`);
    await ben.page.waitForFunction("document.querySelector('#rooms .count')?.textContent.startsWith('99+')");
    await ann.page.waitForFunction("document.querySelectorAll('.waiting').length === 0");
    await ben.page.reload();
    await ben.page.waitForFunction("document.querySelector('#rooms .count')?.textContent.startsWith('50')");
    await ben.page.$eval("#rooms .room:not([aria-current])", (room) => room.click());
    await shows(ben.page, "message 129");
    for (let tries = 0; tries < 100 && (await texts(ben.page)).length < 130; tries++) {
      await ben.page.evaluate("document.querySelector('#log').scrollTop = 0");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await texts(ben.page)).toEqual(Array.from({ length: 130 }, (_, index) => `message ${index}`));
    expect(await ben.page.$("#older:not([hidden])")).toBeNull();
  });

  test("fits a phone, by the keyboard of it", async () => {
    const url = await start(["--port", "0", "--data", folder()]).url("page");
    const ann = await enter(browser, url, "Ann");
    await ann.page.setViewport({ width: 360, height: 740, hasTouch: true, isMobile: true });
    await say(ann.page, `a word ${"x".repeat(300)}`);
    await shows(ann.page, "a word");
    await picture(ann.page, "phone");
    expect(await ann.page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(
      0,
    );
    await ann.page.click("#back");
    await ann.page.waitForFunction("document.querySelector('.talk').offsetParent === null");
    await picture(ann.page, "phone-rooms");
    await ann.page.click("#rooms .room");
    await ann.page.waitForFunction("document.querySelector('.side').offsetParent === null");
    const newest = await ann.page.$eval(".message:last-child", (last) => last.getBoundingClientRect().bottom);
    expect(newest).toBeLessThan(740);
    await ann.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await picture(ann.page, "phone-dark");
    expect(ann.complaints).toEqual([]);
  });

  test("speaks Chinese to whoever reads Chinese", async () => {
    const url = await start(["--port", "0", "--data", folder()]).url("page");
    const chinese = await launch(chromium, "zh-CN, zh, en");
    try {
      const { page, complaints } = await enter(chinese, url, "小明");
      expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
      await say(page, "你好，世界！");
      await shows(page, "你好，世界！");
      await page.waitForFunction("document.querySelector('#state').textContent === '已连接'");
      await picture(page, "chinese");
      // Not by the mouse: what the picture needed may still move the button.
      await page.evaluate("document.querySelector('#language').click()");
      await page.waitForFunction("document.querySelector('#state').textContent === 'Connected'");
      expect(complaints).toEqual([]);
    } finally {
      await chinese.close();
    }
  });
});

describe.skipIf(firefox.program.skip)("the page in Firefox", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(firefox, "en-US");
  });
  afterAll(() => browser?.close());

  test("sends a picture and a file, and keeps all of it over a reload", async () => {
    expect(await mainPath(browser)).toEqual([]);
  });
});

/** @returns what the browser complained about */
async function mainPath(browser: Browser): Promise<string[]> {
  const data = folder();
  const url = await start(["--port", "0", "--data", data]).url("page");
  const [ann, ben] = [await enter(browser, url, "Ann"), await enter(browser, url, "Ben")];
  const png = join(data, "picture.png");
  writeFileSync(png, createPng(320, 180));
  const notes = join(data, "notes.txt");
  writeFileSync(notes, "some notes\n".repeat(50_000));
  await say(ann.page, "look at this");
  await send(ann.page, png);
  await send(ann.page, notes);
  for (const { page } of [ann, ben]) {
    await page.waitForFunction("document.querySelector('#messages img.picture')?.naturalWidth === 320");
    await shows(page, "notes.txt");
  }
  await picture(ben.page, "pictures");
  const page = join(data, "page.png");
  writeFileSync(page, "<script>alert(1)</script>");
  await send(ann.page, page);
  await shows(ann.page, "such files are not taken, or it is not what its name says");

  await ben.page.reload();
  await shows(ben.page, "look at this");
  await ben.page.waitForFunction("document.querySelector('#messages img.picture')?.naturalWidth === 320");
  expect(await textOf(ben.page, "#me-name")).toBe("Ben");
  expect(await texts(ben.page)).toEqual(["look at this", "", ""]);
  return [...ann.complaints, ...ben.complaints];
}
