import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type LaunchOptions, launch as launchBrowser } from "puppeteer-core";

/** A browser that may be installed here. */
export interface Kind {
  readonly name: "chrome" | "firefox";
  /** What its program may be called. */
  readonly programs: readonly string[];
  options(language: string): LaunchOptions;
}

export const KINDS: readonly Kind[] = [
  {
    name: "chrome",
    programs: ["chromium", "chromium-browser", "google-chrome"],
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
    programs: ["firefox-esr", "firefox"],
    options: (language) => ({ extraPrefsFirefox: { "intl.accept_languages": language } }),
  },
];

/** The first of these programs on the PATH. */
function findProgram(names: readonly string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

/** Why this browser cannot be tested here; null when it can. */
export function whyNot(kind: Kind): string | null {
  if (findProgram(kind.programs) !== null) return null;
  const reason = `none of ${kind.programs.join(", ")} is installed`;
  if (process.env["PLYWS_REQUIRE_ALL"]) throw new Error(`${reason}, and PLYWS_REQUIRE_ALL forbids to skip`);
  return reason;
}

/** Starts a browser whose person reads this language. Puppeteer ends it together with this process at the latest. */
export function launch(kind: Kind, language: string): Promise<Browser> {
  return launchBrowser({
    browser: kind.name,
    executablePath: findProgram(kind.programs) ?? "",
    headless: true,
    timeout: 60_000,
    protocolTimeout: 60_000,
    ...kind.options(language),
  });
}
