import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EXAMPLES } from "../src/examples.ts";
import { chromium, drop, launch, open, paste, SIZES, serveBuilt, textOf } from "./support/browser.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const CAPTURE = fileURLToPath(new URL("fixtures/loopback.pcap", import.meta.url));
const MASKED = "81 85 37 fa 21 3d 7f 9f 4d 51 58";

const ROOT = `document.querySelector("#inspector").shadowRoot`;
const valueOf = (page: Page) => page.evaluate(`${ROOT}.querySelector("#octets").value`);

describe.skipIf(chromium.skip)("the page in Chromium", () => {
  let browser: Browser;
  let server: { url: string; close(): void };
  beforeAll(async () => {
    server = await serveBuilt();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  describe.each(SIZES)("on $name", (size) => {
    test("explains what is pasted", async () => {
      const { page, complaints, requests } = await open(browser, server.url, size);
      await paste(page, `${MASKED}\n88 80 01 02 03 04`);
      expect(await textOf(page, ".summary")).toBe("2 frames, 1 message no violation");
      expect(await textOf(page, "#status")).toBe("17 octets, read as hex");
      expect(await textOf(page, "summary")).toMatch(/^1 ?Text ?masked · 5 octets ?Hello ?at 0$/);
      expect(await textOf(page, ".fields tbody tr:nth-child(5)")).toMatch(
        /opcode ?0x1 ?Text: begins a message/,
      );
      expect(await textOf(page, ".fields tbody tr:last-child")).toMatch(
        /37 fa 21 3d ?Masking-key ?37 fa 21 3d/,
      );
      expect(await textOf(page, ".text")).toBe("Hello");
      const dumps = await page.$$eval(">>> .dump", (found) => found.map(({ textContent }) => textContent));
      expect(dumps[0]).toContain("7f 9f 4d 51 58");
      expect(dumps[1]).toContain("48 65 6c 6c 6f");
      expect(await page.$$eval(">>> .ruler", (found) => found.length)).toBe(size.isMobile ? 16 : 32);
      const bits = await page.$$eval(">>> .cell .bits", (found) =>
        found.map(({ textContent }) => textContent).join(""),
      );
      expect(bits.slice(0, 16)).toBe("1000000110000101");
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width).toBeLessThanOrEqual(size.width);
      expect(complaints).toEqual([]);
      expect(requests.every((url) => url.startsWith(server.url))).toBe(true);
    });

    test("shows every example, and fits it", async () => {
      const { page, complaints } = await open(browser, server.url, size);
      for (const { name, source, text, context } of EXAMPLES) {
        await page.select(">>> #example", `${name} (${source})`);
        expect(await valueOf(page)).toBe(text);
        expect(await page.$eval(`>>> #from-${context.from}`, (radio) => radio.matches(":checked"))).toBe(
          true,
        );
        expect(await page.$eval(">>> #deflate", (box) => box.matches(":checked"))).toBe(
          context.compression !== null,
        );
        await page.evaluate(
          `for (const frame of ${ROOT}.querySelectorAll("details:not([open])")) frame.querySelector("summary").click()`,
        );
        await page.waitForFunction(
          `[...${ROOT}.querySelectorAll('.body')].every((body) => body.childElementCount > 0)`,
        );
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(size.width);
      }
      expect(await textOf(page, ".summary")).toBe("7 frames, 3 messages 8 violations");
      expect(complaints).toEqual([]);
    });

    test("opens a capture that is dropped, and inflates its messages", async () => {
      const { page, complaints } = await open(browser, server.url, size);
      await drop(page, "loopback.pcap", readFileSync(CAPTURE));
      await page.waitForSelector(">>> #direction option:nth-child(16)");
      expect(await textOf(page, ".file-name")).toBe("loopback.pcap");
      expect(await textOf(page, "#direction option:nth-child(5)")).toMatch(
        /^client \/talk: 127\.0\.0\.1:\d+ → 127\.0\.0\.1:\d+$/,
      );
      expect(await textOf(page, ".summary")).toBe("5 frames, 4 messages no violation");

      // The third connection is the first with permessage-deflate.
      await page.select(">>> #direction", await textOf(page, "#direction option:nth-child(5)"));
      expect(await page.$eval(">>> #deflate", (box) => box.matches(":checked"))).toBe(true);
      expect(await textOf(page, "li:nth-child(3) summary")).toContain("RSV1");
      await page.evaluate(`${ROOT}.querySelector("li:nth-child(3) summary").click()`);
      await page.waitForSelector(">>> li:nth-child(3) .message .text");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
      expect(await textOf(page, "li:nth-child(3) .message .text")).toBe("again and again ".repeat(40).trim());
      expect(await textOf(page, "li:nth-child(3) .message .hint")).toMatch(
        /inflated from \d+ to 640 octets\.$/,
      );
      expect(complaints).toEqual([]);
    });
  });

  test("opens a file that is chosen, and lets go of it", async () => {
    const { page } = await open(browser, server.url);
    const input = await page.waitForSelector(">>> input#file");
    await input?.uploadFile(fileURLToPath(new URL("../package.json", import.meta.url)));
    await page.waitForFunction(`${ROOT}.querySelector('.file-name').textContent === 'package.json'`);
    await page.waitForSelector(">>> .badge.bad");
    await page.evaluate(`${ROOT}.querySelector(".file-line button").click()`);
    expect(await textOf(page, ".summary")).toBe("Nothing to inspect yet.");
    expect(await page.$(">>> .file-line:not([hidden])")).toBeNull();
  });

  test("says what is wrong with what was typed, and keeps what was shown", async () => {
    const { page } = await open(browser, server.url);
    await page.focus(">>> #octets");
    await page.keyboard.press("End");
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await page.keyboard.type("81 00 zz");
    expect(await textOf(page, "#status")).toBe("Line 1, column 7: “z” is not hexadecimal.");
    expect(await page.$eval(">>> #octets", (field) => field.getAttribute("aria-invalid"))).toBe("true");
    expect(await textOf(page, ".summary")).toMatch(/^1 frame, 1 message/);
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    // The role was chosen before and stays: a client has to mask.
    expect(await textOf(page, ".summary")).toBe("1 frame, 1 message 1 violation");
    expect(await textOf(page, ".fault")).toMatch(
      /A client has to mask every frame; this one has MASK = 0\. ?RFC 6455, section 5\.1/,
    );
    expect(await page.$eval(">>> .fault a", (link) => link.getAttribute("href"))).toBe(
      "https://www.rfc-editor.org/rfc/rfc6455#section-5.1",
    );
  });

  test("works by the keyboard alone", async () => {
    const { page } = await open(browser, `${server.url}#octets=81008900&from=server`);
    const focused = () =>
      page.evaluate(
        "(() => { const e = document.activeElement.shadowRoot?.activeElement; return e?.id || e?.localName; })()",
      );
    const reached: unknown[] = [];
    for (let presses = 0; presses < 7; presses++) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
    }
    expect(reached).toEqual(["example", "octets", "file", "from-server", "deflate", "summary", "summary"]);
    await page.keyboard.press("Enter");
    await page.waitForFunction("location.hash.endsWith('frame=2')");
    expect(await page.$$eval(">>> details[open]", (all) => all.length)).toBe(2);
    for (let presses = 0; presses < 3; presses++) {
      await page.keyboard.down("Shift");
      await page.keyboard.press("Tab");
      await page.keyboard.up("Shift");
    }
    expect(await focused()).toBe("from-server");
    await page.keyboard.press("ArrowLeft");
    expect(await textOf(page, ".summary")).toContain("2 violations");
  });

  test("names everything for those who listen", async () => {
    const { page } = await open(browser, `${server.url}#octets=c107f248cdc9c90700&from=server&deflate=15`);
    const tree = await page.accessibility.snapshot({ interestingOnly: true });
    const nodes = [tree].flatMap(function flatten(node): NonNullable<typeof tree>[] {
      return node === null ? [] : [node, ...(node.children ?? []).flatMap(flatten)];
    });
    const controls = nodes.filter(({ role }) =>
      ["textbox", "combobox", "button", "radio", "checkbox"].includes(role),
    );
    expect(controls.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "Example",
        "Octets",
        "Open a file …",
        "a client",
        "a server",
        "permessage-deflate was negotiated",
      ]),
    );
    expect(controls.filter(({ name }) => !name)).toEqual([]);
    const summaries = nodes.filter(({ role }) => role === "DisclosureTriangle").map(({ name }) => name);
    expect(summaries).toEqual(["1 Text RSV1 · 7 octets f2 48 cd c9 c9 07 00 at 0"]);
    expect(await textOf(page, "[role=status].unseen")).toBe("1 frame, 1 message no violation");
  });

  test("keeps open what is open when it becomes narrow", async () => {
    const { page } = await open(browser, `${server.url}#octets=890089008900&from=server`);
    await page.evaluate(`for (const frame of ${ROOT}.querySelectorAll("details")) frame.open = true`);
    await page.waitForFunction(`${ROOT}.querySelectorAll(".columns-32").length === 3`);
    await page.setViewport({ width: 500, height: 800 });
    await page.waitForFunction(`${ROOT}.querySelectorAll(".columns-16").length === 3`);
    expect(await page.$$eval(">>> details[open]", (all) => all.length)).toBe(3);
  });

  test("has what it shows in its address", async () => {
    const { page } = await open(browser, server.url);
    expect(await page.evaluate("location.hash")).toBe("");
    await paste(page, "c1 07 f2 48 cd c9 c9 07 00");
    expect(await page.evaluate("location.hash")).toBe("#octets=c107f248cdc9c90700&from=server");
    await page.evaluate(`${ROOT}.querySelector("#deflate").click()`);
    const link = String(await page.evaluate("location.href"));
    expect(link).toContain("&deflate=15");
    expect(await textOf(page, ".message .text")).toBe("Hello");

    const second = await open(browser, `${link}&frame=1`);
    expect(await textOf(second.page, ".message .text")).toBe("Hello");
    await second.page.evaluate("location.hash = 'octets=8900&from=server'");
    await second.page.waitForFunction(`${ROOT}.querySelector('.opcode-name').textContent === 'Ping'`);
    expect(second.complaints).toEqual([]);
  });

  test("can be embedded, and neither side sees the styles of the other", async () => {
    const { page, complaints } = await open(browser, server.url);
    await page.evaluate(`(async () => {
      const { mountInspector } = await import("${server.url}inspector.js");
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("table, button { display: none } h4 { color: rgb(255, 0, 0) }");
      document.adoptedStyleSheets = [sheet];
      for (const octets of ["89 00", Uint8Array.of(0x88, 0x00)]) {
        const place = document.createElement("div");
        place.className = "embedded";
        place.style.width = "400px";
        document.body.append(place);
        mountInspector(place, { octets, role: "server" });
      }
      const heading = document.createElement("h4");
      document.body.append(heading);
    })()`);
    const names = await page.$$eval(".embedded >>> .opcode-name", (found) =>
      found.map(({ textContent }) => textContent),
    );
    expect(names).toEqual(["Ping", "Close"]);
    // 400 pixels are narrow, however wide the page is.
    expect(await page.$$eval(".embedded >>> .columns-16", (found) => found.length)).toBe(2);
    const embedded = `document.querySelector(".embedded").shadowRoot`;
    expect(await page.evaluate(`getComputedStyle(${embedded}.querySelector("table")).display`)).toBe("table");
    expect(await page.evaluate(`getComputedStyle(${embedded}.querySelector("h4")).color`)).not.toBe(
      "rgb(255, 0, 0)",
    );
    expect(await page.evaluate(`getComputedStyle(document.querySelector("body > h4")).display`)).toBe(
      "block",
    );
    expect(await page.evaluate("location.hash")).toBe("");
    expect(complaints).toEqual([]);
  });

  test("may not connect to anything", async () => {
    const { page, complaints } = await open(browser, server.url);
    const failed = await page.evaluate(
      `fetch(${JSON.stringify(server.url)}).then(() => "sent", () => "refused")`,
    );
    expect(failed).toBe("refused");
    expect(complaints.join()).toContain("Content Security Policy");
  });

  test("shows 10,000 frames bit by bit, as many at a time as one can look at", async () => {
    const { page } = await open(browser, server.url);
    await drop(
      page,
      "many",
      new Uint8Array(2 * 10_001).fill(0x8a).map((octet, index) => (index % 2 === 0 ? octet : 0)),
    );
    await page.waitForFunction(`${ROOT}.querySelector('.summary').textContent.startsWith('10,000 frames')`);
    expect(await page.$$eval(">>> .frame", (frames) => frames.length)).toBe(100);
    await page.evaluate(`${ROOT}.querySelector('.result > button').click()`);
    expect(await page.$$eval(">>> .frame", (frames) => frames.length)).toBe(200);
    expect(await textOf(page, ".result > .hint")).toBe(
      "2 octets from 20000 on are left: only the first 10000 frames are explained.",
    );
    // A frame that is linked, or wrong, is there from the beginning, however late it is.
    await paste(page, `${"8a 00 ".repeat(150)} 83 00`);
    expect(await page.$$eval(">>> .frame", (frames) => frames.length)).toBe(151);
    expect(await textOf(page, ".fault")).toContain("Opcode 0x3 is reserved");
  });

  test("takes what is inspected for text, never for HTML", async () => {
    const { page } = await open(browser, server.url);
    const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
    await drop(page, `${markup}.bin`, Buffer.concat([Buffer.of(0x81, markup.length), Buffer.from(markup)]));
    await page.waitForFunction(`${ROOT}.querySelector('.text')?.textContent.startsWith('<img')`);
    expect(await page.$(">>> .inspector img, .inspector b")).toBeNull();
    expect(await page.title()).toBe("WebSocket frame inspector");
  });
});
