import { type Tool, tool } from "./node/tool.ts";

/** A browser that may be installed here. */
export interface BrowserKind {
  readonly name: "chrome" | "firefox";
  readonly program: Tool;
  /** What puppeteer launches it with, for a person who reads this language. */
  options(language: string): object;
}

const common = (name: BrowserKind["name"], program: Tool) => ({
  browser: name,
  executablePath: program.path,
  headless: true,
  timeout: 60_000,
  protocolTimeout: 60_000,
});

const chromium = tool("Chromium", ["chromium", "chromium-browser", "google-chrome"]);
const firefox = tool("Firefox", ["firefox-esr", "firefox"]);

export const CHROMIUM: BrowserKind = {
  name: "chrome",
  program: chromium,
  options: (language) => ({
    ...common("chrome", chromium),
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
};

export const FIREFOX: BrowserKind = {
  name: "firefox",
  program: firefox,
  options: (language) => ({
    ...common("firefox", firefox),
    extraPrefsFirefox: { "intl.accept_languages": language },
  }),
};
