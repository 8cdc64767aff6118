import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { site } from "../src/packages.ts";
import { type Browser, chromium, launch } from "./browser.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

// From a folder in this package what is built can be imported as a user does it.
mkdirSync(join(site, "test/.tutorial"), { recursive: true });
const folder = mkdtempSync(join(site, "test/.tutorial/run-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tutorial = readFileSync(join(site, "guide/tutorial.md"), "utf8");
for (const [, name = "", code = ""] of tutorial.matchAll(/^```js \[(\w+\.mjs)\]\n([^]*?)^```$/gm)) {
  writeFileSync(join(folder, name), code);
}

function start(name: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(folder, name), ...args], {
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Starts the server of the tutorial. */
async function serve(): Promise<{ url: string; server: ChildProcess }> {
  const server = start("server.mjs");
  if (server.stdout === null) throw new Error("no output");
  const [line] = await once(server.stdout, "data");
  return { url: String(line).trim(), server };
}

async function outcome(child: ChildProcess): Promise<{ code: unknown; output: string; errors: string }> {
  if (child.stdout === null || child.stderr === null) throw new Error("no output");
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { code, output, errors };
}

describe("the chat of the tutorial", () => {
  test("lets the client in, and ends by Ctrl-C", async () => {
    const { url, server } = await serve();
    const { code, output, errors } = await outcome(start("client.mjs", url));
    expect(errors).toBe("");
    expect(output.split("\n")).toEqual(["ben came", "ben: hello from Node", "closed cleanly: true", ""]);
    expect(code).toBe(0);
    server.kill("SIGINT");
    expect((await once(server, "exit"))[0]).toBe(0);
  });

  test.each([
    ["a wrong password", { method: "POST", body: '{"name":"ann","password":"swordfish"}' }, 403],
    ["nobody", { method: "POST", body: "{}" }, 403],
    ["no JSON", { method: "POST", body: "name=ann" }, 400],
    ["null", { method: "POST", body: "null" }, 403],
    ["too much", { method: "POST", body: " ".repeat(1001) }, 400],
    ["another method", {}, 404],
  ])("answers %s", async (_, request, status) => {
    const { url } = await serve();
    const response = await fetch(new URL("/login", url), request);
    expect(response.status).toBe(status);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

describe.skipIf(chromium.skip)("its page in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test("logs in, chats, and hears that the server ends", async () => {
    const { url, server } = await serve();
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(url);
    const says = (words: string) =>
      page.waitForFunction(`document.getElementById("log").textContent.includes(${JSON.stringify(words)})`);

    await page.type("[name=name]", "ann");
    await page.type("[name=password]", "wrong");
    await page.keyboard.press("Enter");
    await says("Wrong name or password");

    await page.click("[name=password]", { count: 3 });
    await page.type("[name=password]", "open sesame");
    await page.keyboard.press("Enter");
    await says("ann came");
    await page.type("[name=text]", "hello <b>there</b>");
    await page.keyboard.press("Enter");
    await says("ann: hello <b>there</b>");

    server.kill("SIGINT");
    await says("Closed with 1001");
    // What people write is a text, not markup.
    expect(await page.$$("b")).toEqual([]);
  });
});
