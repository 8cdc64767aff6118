import { KINDS, type Kind, launch } from "@plyws/testkit/browsers";
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { open } from "./driver.ts";
import { serve } from "./program.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

/** What the page below finds out. */
interface Seen {
  readonly extensions: string;
  /** The messages that did not come back as they were sent. */
  readonly wrong: readonly string[];
  readonly count: number;
  readonly closed: number;
}

/**
 * Runs in the page: sends messages of every kind and size, and compares what comes back. A string, since a bundler may
 * put names of its own into a function.
 */
const ECHO_ALL = `async (url) => {
  const words = ["der", "Straße", "über", "Nacht", "Mond", "still", "Wald"];
  const json = (size) => Array.from({ length: Math.ceil(size / 40) }, (_, id) => JSON.stringify({ id, case: "1." + (id % 7), ok: id % 3 > 0 })).join().slice(0, size);
  const verse = (size) => ("\ufeff" + Array.from({ length: Math.ceil(size / 4) }, (_, n) => words[(n * n) % 7]).join(" ")).slice(0, size);
  const picture = (size) => Uint8Array.from({ length: size }, (_, at) => ((at % 512) >> 2) + (at >> 12) + ((at * 7) % 3));
  const noise = (size) => {
    const octets = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(octets.subarray(at, at + 65536));
    return octets;
  };
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
  const wrong = [];
  let count = 0;
  for (const make of [json, verse, picture, noise]) {
    for (const size of [0, 1, 16, 64, 255, 256, 1024, 4096, 16384, 65536, 131072]) {
      const sent = make(size);
      const back = await new Promise((resolve, reject) => {
        socket.onmessage = ({ data }) => resolve(data);
        socket.onclose = ({ code }) => reject(new Error("closed with " + code + " at " + make.name + " of " + size));
        socket.send(sent);
      });
      const same = typeof sent === "string"
        ? back === sent
        : back.byteLength === size && new Uint8Array(back).every((octet, at) => octet === sent[at]);
      if (!same) wrong.push(make.name + " of " + size);
      count++;
    }
  }
  const closed = new Promise((resolve) => { socket.onclose = ({ code }) => resolve(code); });
  socket.close(1000);
  return { extensions: socket.extensions, wrong, count, closed: await closed };
}`;

for (const kind of KINDS) {
  describe.skipIf(kind.program.skip)(`compressed messages of ${kind.name}`, () => {
    echoWith(kind);
  });
}

function echoWith(kind: Kind): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(kind, "en-US");
  });
  afterAll(() => browser?.close());

  test.each([
    ["while they arrive", []],
    ["whole", ["--max-message-size", "1MiB"]],
  ])("come back as they were, %s", async (_, args) => {
    const program = serve("--compress", ...args);
    const { page } = await open(browser, await program.url("page"));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const seen = (await page.evaluate(
      `(${ECHO_ALL})(${JSON.stringify(await program.url("socket"))})`,
    )) as Seen;
    expect(seen).toEqual({
      // Chromium tells the parameters, too.
      extensions: expect.stringMatching(/^permessage-deflate/),
      wrong: [],
      count: 44,
      closed: 1000,
    });
  });
}
