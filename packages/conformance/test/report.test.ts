import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { tool } from "@plyws/testkit/node";
import { launch } from "puppeteer-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { findRegressions, parseBaseline, type Report, toBaseline, toHtml, toJUnit } from "../src/index.ts";
import type { CaseResult } from "../src/pure/index.ts";
import { toSummary } from "../src/report/summary.ts";

const plain = (_style: string, text: string): string => text;

const result = (id: string, more: Partial<CaseResult> = {}): CaseResult => ({
  id,
  title: `case ${id}`,
  rule: "RFC 6455 5.2",
  why: "so it is written",
  behavior: "OK",
  behaviorClose: "OK",
  result: "As expected.",
  resultClose: "",
  duration: 3,
  remoteCloseCode: 1000,
  request: "GET / HTTP/1.1\r\n\r\n",
  response: "HTTP/1.1 101 Switching Protocols\r\n\r\n",
  log: [
    {
      at: 0.1,
      from: "kit",
      kind: "frame",
      frame: { fin: true, rsv: 0, opcode: 1, key: "01020304", length: 2 },
      octets: "68 69",
    },
    { at: 0.2, from: "peer", kind: "end", text: "ends TCP" },
  ],
  ...more,
});

const FAILED = { behavior: "FAILED", behaviorClose: "FAILED" } as const;
const report = (agent: string, results: readonly CaseResult[]): Report => ({
  agent,
  role: "server",
  started: "2026-11-21T00:00:00.000Z",
  duration: 1500,
  results,
});
const NASTY = '</script><img src=x onerror="document.title=1">&\u001b[31m';

describe("a baseline", () => {
  const baseline = toBaseline([report("a", [result("1.1.1"), result("1.1.2", FAILED)])]);

  test.each([
    ["the same", [result("1.1.1"), result("1.1.2", FAILED)], []],
    ["better", [result("1.1.1"), result("1.1.2")], []],
    ["worse", [result("1.1.1", { behavior: "NON-STRICT" })], ["1.1.1"]],
    ["worse only in how it closed", [result("1.1.1", { behaviorClose: "WRONG CODE" })], ["1.1.1"]],
    ["new and fine", [result("9.9.9")], []],
    ["new and failed", [result("9.9.9", FAILED)], ["9.9.9"]],
  ])("%s", (_, results, found) => {
    expect(findRegressions([report("a", results)], baseline).map(({ id }) => id)).toEqual(found);
    expect(findRegressions([report("a 2.0", results)], baseline).map(({ id }) => id)).toEqual(found);
  });

  test("may be an index of the Autobahn suite", () => {
    const text = JSON.stringify({
      a: {
        "1.1.1": { behavior: "OK", behaviorClose: "OK" },
        "1.1.2": { behavior: "OK", behaviorClose: "UNCLEAN" },
      },
    });
    expect(parseBaseline(text)).toEqual({ a: { "1.1.1": "OK", "1.1.2": "OK / UNCLEAN" } });
  });

  test.each(["[]", "1", '{"a": 1}', '{"a": {"1.1.1": 2}}'])("%s is none", (text) => {
    expect(() => parseBaseline(text)).toThrow(TypeError);
  });
});

test("JUnit has a test for each case, and no character that XML has not", () => {
  const xml = toJUnit([report(NASTY, [result("1.1.1"), result("1.1.2", { ...FAILED, result: NASTY })])]);
  expect(xml).toContain('tests="2" failures="1" skipped="0"');
  expect(xml).toContain(
    "&lt;/script&gt;&lt;img src=x onerror=&quot;document.title=1&quot;&gt;&amp;\ufffd[31m",
  );
  expect(xml).not.toContain("\u001b");
});

test("the summary names what is not as it should be, and obeys no peer", () => {
  const text = toSummary(
    report(NASTY, [result("1.1.1"), result("6.4.1", { ...FAILED, result: NASTY })]),
    plain,
  );
  expect(text).toContain("FAILED 6.4.1 case 6.4.1");
  expect(text).toMatch(/1 +█+ Framing: 1 OK/);
  expect(text).not.toContain("\u001b");
});

const chromium = tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]);

describe.skipIf(chromium.skip)("the page", { timeout: 60_000 }, () => {
  test.each([390, 1200])("shows agents, cases and the wire, %i pixels wide", async (width) => {
    const folder = mkdtempSync(join(tmpdir(), "plyws-page-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "index.html");
    const results = [result("1.1.1"), result("6.4.1", { ...FAILED, result: NASTY })];
    writeFileSync(file, toHtml([report("first", results), report(NASTY, [result("1.1.1")])]));
    const browser = await launch({
      executablePath: chromium.path,
      headless: true,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.setViewport({ width, height: 800 });
    await page.goto(pathToFileURL(file).href);
    expect(await page.$$eval(".agent h2", (names) => names.map((name) => name.textContent))).toEqual([
      "first",
      NASTY,
    ]);
    expect(await page.$$eval(".row .id", (ids) => ids.map((id) => id.textContent))).toEqual([
      "1.1.1",
      "6.4.1",
    ]);
    await page.type("#search", "6.4");
    expect(await page.$$eval(".row .id", (ids) => ids.map((id) => id.textContent))).toEqual(["6.4.1"]);
    await page.click(".verdict.failed");
    const details = await page.$eval(".details", (found) => found.textContent ?? "");
    expect(details).toContain(NASTY.slice(0, 20));
    expect(details).toContain('68 69  "hi"');
    expect(details).toContain("text · 2 octets · key 01020304");
    expect(await page.$("img")).toBeNull();
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });
});
