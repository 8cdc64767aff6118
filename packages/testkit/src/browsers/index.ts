import { type Browser, type LaunchOptions, launch as launchBrowser } from "puppeteer-core";
import { type Tool, tool } from "../node/index.ts";

/** A browser that may be installed here. */
export interface Kind {
  readonly name: "chrome" | "firefox";
  readonly program: Tool;
  options(language: string): LaunchOptions;
}

export const KINDS: readonly Kind[] = [
  {
    name: "chrome",
    program: tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]),
    options: (language) => ({
      args: [
        // The sandbox does not work for root, nor in most containers; only our own page is opened.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        `--accept-lang=${language}`,
      ],
    }),
  },
  {
    name: "firefox",
    program: tool("Firefox", ["firefox-esr", "firefox"]),
    options: (language) => ({ extraPrefsFirefox: { "intl.accept_languages": language } }),
  },
];

/** Starts a browser whose person reads this language. Puppeteer ends it together with this process at the latest. */
export function launch(kind: Kind, language: string): Promise<Browser> {
  return launchBrowser({
    browser: kind.name,
    executablePath: kind.program.path,
    headless: true,
    timeout: 60_000,
    protocolTimeout: 60_000,
    ...kind.options(language),
  });
}
