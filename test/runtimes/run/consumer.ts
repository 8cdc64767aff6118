import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { type Manifest, published } from "../../published.ts";
import { root } from "../../root.ts";
import { run } from "../../run.ts";

const here = join(root, "test/runtimes");

/** The suites, by the names of their files. */
export const suiteFiles: readonly string[] = readdirSync(join(here, "suites"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -".ts".length));

/** A suite beside those of the packages, which fails in a known way. */
export const SELF_CHECK_FILE = "self-check";

/** A folder with the packages as users install them, and the suites compiled. */
export interface Consumer {
  readonly folder: string;
  /** For `import` in a browser: the address of a module below the folder for each entry of each package. */
  readonly importMap: string;
}

/** The module that runs all suites in turn. */
export const ALL = "all.js";
/** The module that runs one suite as a worker. */
export const workerOf = (file: string): string => `workers/${file}.js`;

export async function createConsumer(folder: string): Promise<Consumer> {
  await install(folder);
  await compile(folder);
  return { folder, importMap: JSON.stringify({ imports: Object.fromEntries(published.flatMap(modulesOf)) }) };
}

async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await run(command, args, { cwd, timeout: 120_000 });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output}`);
}

/** Packs what is published, and unpacks it as npm does, without anything of the repository around it. */
async function install(folder: string): Promise<void> {
  for (const { folder: source, name } of published) {
    if (!existsSync(join(source, "dist/index.js"))) throw new Error(`${name} is not built: npm run build`);
  }
  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs);
  const filters = published.map(({ name }) => `--filter=${name}`);
  await must("pnpm", [...filters, "pack", "--pack-destination", tarballs], root);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--cache", join(folder, "cache")];
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  await must("npm", ["install", "--offline", ...quiet, ...files], folder);
}

/** Only what is of the repository's tests is bundled; the packages stay what users get. */
async function compile(folder: string): Promise<void> {
  const files = [...suiteFiles, SELF_CHECK_FILE];
  const loaders = files.map((file) => `${JSON.stringify(file)}: () => import("./suites/${file}.js")`);
  const written: Readonly<Record<string, string>> = {
    [ALL]: `import { runSuites } from "./harness.js";
export { MARK } from "./harness.js";
export const run = (done) => runSuites({ ${loaders.join(", ")} }, done);\n`,
    "main.js": `import { MARK, run } from "./${ALL}";
await run((result) => console.log(MARK + JSON.stringify(result)));\n`,
    ...Object.fromEntries(
      files.map((file) => [
        `${file}.worker.js`,
        `import suite from "./suites/${file}.js";
import { MARK, runSuite } from "./harness.js";
const test = async () => console.log(MARK + JSON.stringify({ file: "${file}", ...(await runSuite(suite)) }));
export default { test };\n`,
      ]),
    ),
  };
  for (const [file, text] of Object.entries(written)) writeFileSync(join(folder, file), text);

  const common: BuildOptions = { bundle: true, format: "esm", platform: "neutral", target: "es2022" };
  await build({
    ...common,
    entryPoints: {
      harness: join(here, "harness/suite.ts"),
      [`suites/${SELF_CHECK_FILE}`]: join(here, "harness/self-check.ts"),
      ...Object.fromEntries(suiteFiles.map((file) => [`suites/${file}`, join(here, "suites", `${file}.ts`)])),
    },
    outdir: folder,
    external: published.map(({ name }) => name),
  });
  await build({
    ...common,
    absWorkingDir: folder,
    entryPoints: Object.fromEntries(files.map((file) => [`workers/${file}`, `${file}.worker.js`])),
    outdir: folder,
  });
}

function modulesOf({ name, manifest }: { name: string; manifest: Manifest }): [string, string][] {
  return Object.keys(manifest.exports ?? {})
    .filter((entry) => entry !== "./package.json")
    .map((entry) => [name + entry.slice(1), `/node_modules/${name}/dist${entry.slice(1)}/index.js`]);
}
