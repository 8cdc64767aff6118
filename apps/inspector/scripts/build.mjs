// Puts the page together, in dist: static files with relative addresses, to be copied to any path. inspector.js is
// also what other pages embed; it brings its styles along.
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** @type {import("esbuild").Plugin} */
const stylesAsText = {
  name: "styles as text",
  setup(esbuild) {
    esbuild.onLoad({ filter: /inspector\.css$/ }, async ({ path: file }) => {
      const { code } = await transform(await readFile(file, "utf8"), { loader: "css", minify: true });
      return { contents: code, loader: "text" };
    });
  },
};

export async function buildPage() {
  await mkdir(path("dist"), { recursive: true });
  /** @type {import("esbuild").BuildOptions} */
  const common = {
    outdir: path("dist"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    logLevel: "warning",
    conditions: ["@plyws/source"],
  };
  await build({ ...common, entryPoints: [path("page/inspector.ts")], plugins: [stylesAsText] });
  await build({
    ...common,
    entryPoints: [path("page/page.ts"), path("page/page.css")],
    external: ["./inspector.js"],
  });
  for (const name of ["index.html", "icon.svg"]) await copyFile(path(`page/${name}`), path(`dist/${name}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
