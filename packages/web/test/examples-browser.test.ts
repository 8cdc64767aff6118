import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { tool } from "@plyws/testkit/node";
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { bundle, folder, onOlderNode } from "./support/runtimes.ts";

const chromium = tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]);
let browser: Browser;

describe.skipIf(chromium.skip || onOlderNode)("in a browser", () => {
  beforeAll(async () => {
    browser = await launch({
      executablePath: chromium.path,
      headless: true,
      timeout: 60_000,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    });
  }, 90_000);

  afterAll(() => browser.close());

  test("frames go over a MessagePort", { timeout: 60_000 }, async () => {
    const page = await open("message-port.ts");
    await page.evaluate(`
      const { port1, port2 } = new MessageChannel();
      globalThis.client = example.overPort(port1, "client");
      globalThis.server = example.overPort(port2, "server");`);
    expect(await page.evaluate(TALK)).toEqual(TALKED);
  });

  test("frames go over an RTCDataChannel", { timeout: 60_000 }, async () => {
    const page = await open("data-channel.ts");
    await page.evaluate(`(async () => {
      const [one, two] = [new RTCPeerConnection(), new RTCPeerConnection()];
      one.onicecandidate = ({ candidate }) => two.addIceCandidate(candidate);
      two.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
      const arriving = new Promise((resolve) => (two.ondatachannel = ({ channel }) => resolve(channel)));
      globalThis.client = example.overChannel(one.createDataChannel("websocket"), "client");
      await one.setLocalDescription();
      await two.setRemoteDescription(one.localDescription);
      await two.setLocalDescription();
      await one.setRemoteDescription(two.localDescription);
      globalThis.server = example.overChannel(await arriving, "server");
    })()`);
    expect(await page.evaluate(TALK)).toEqual(TALKED);
  });
});

/** An echo, a text, a megabyte, a Ping, and the end. */
const TALK = `(async () => {
  const echo = (async () => {
    for await (const message of server) await server.sendAsync(message);
  })();
  client.send("hello 🦕");
  const text = await client.receive();
  const octets = Uint8Array.from({ length: 1_000_000 }, (_, at) => at % 251);
  await client.sendAsync(octets);
  const back = await client.receive();
  const same = back.length === octets.length && back.every((octet, at) => octet === octets[at]);
  const pong = (await client.ping()) >= 0;
  client.close(3000, "done");
  const [{ code, clean }, there] = await Promise.all([client.closed, server.closed]);
  await echo;
  return { text, same, pong, code, clean, there: [there.code, there.reason, there.clean, there.initiator] };
})()`;

const TALKED = {
  text: "hello 🦕",
  same: true,
  pong: true,
  code: 3000,
  clean: true,
  there: [3000, "done", true, "remote"],
};

/** A page with the example as the global \`example\`. Errors that nobody has caught fail the test. */
async function open(example: string): Promise<Page> {
  const file = join(folder(), "example.js");
  await bundle(example, file, "browser");
  const code = readFileSync(file);
  const server = createServer((request, response) => {
    if (request.url === "/example.js") response.setHeader("content-type", "text/javascript").end(code);
    else response.setHeader("content-type", "text/html").end("<script src=/example.js></script>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  onTestFinished(async () => {
    await page.close();
    server.close();
    expect(faults).toEqual([]);
  });
  await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
  return page;
}
