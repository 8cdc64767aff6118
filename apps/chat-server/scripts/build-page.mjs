// Puts the page together, in dist/page: one script, one style sheet, and what they need.
import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

export async function buildPage() {
  await mkdir(path("dist/page"), { recursive: true });
  await build({
    entryPoints: [path("page/page.ts"), path("page/page.css")],
    outdir: path("dist/page"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"])
    await copyFile(path(`page/${name}`), path(`dist/page/${name}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
