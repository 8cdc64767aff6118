// Writes the software bill of materials of the repository (CycloneDX 1.6), from the lockfile and the builds.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {{ purl: string, name: string, scope?: string, properties?: { name: string }[] }} Component */

const root = fileURLToPath(new URL("..", import.meta.url));
const out = process.argv[2] ?? join(root, "sbom.cdx.json");

const { status, stdout, stderr } = spawnSync(
  "pnpm",
  ["sbom", "--sbom-format", "cyclonedx", "--sbom-spec-version", "1.6", "--lockfile-only"],
  { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28, shell: process.platform === "win32" },
);
if (status !== 0) {
  console.error(stderr || "pnpm did not run");
  process.exit(1);
}

/** @param {string} name @param {string} version */
const purlOf = (name, version) => `pkg:npm/${name.replace("@", "%40")}@${version}`;

// What goes to users: the published packages, and the code of others that their builds contain by their source maps.
// pnpm does not know: for it, what is built in is a tool, and what the applications need is as good as a package.
/** @type {Set<string>} */
const shipped = new Set();
/** @type {Set<string>} */
const peers = new Set();
for (const folder of readdirSync(join(root, "packages")).map((name) => join(root, "packages", name))) {
  if (!existsSync(join(folder, "package.json"))) continue;
  const { name, version, ...manifest } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (manifest.private === true) continue;
  shipped.add(purlOf(name, version));
  for (const peer of Object.keys(manifest.peerDependencies ?? {})) peers.add(peer);
  const dist = join(folder, "dist");
  if (!existsSync(dist)) {
    console.error(`${name} is not built: npm run build`);
    process.exit(1);
  }
  for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".map")) continue;
    for (const source of JSON.parse(readFileSync(join(dist, file), "utf8")).sources) {
      const [, folderOfOthers = ""] = /\/\.pnpm\/([^/]+)\//.exec(source) ?? [];
      const [, other = "", itsVersion = ""] =
        /^(.[^@]*)@([^_(]+)/.exec(folderOfOthers.replace("+", "/")) ?? [];
      if (other !== "") shipped.add(purlOf(other, itsVersion));
    }
  }
}

/** @type {{ components: Component[] }} */
const bom = JSON.parse(stdout);
for (const component of bom.components) {
  const isShipped = shipped.delete(component.purl);
  component.scope = isShipped ? "required" : peers.has(component.name) ? "optional" : "excluded";
  if (component.scope === "excluded") continue;
  component.properties = component.properties?.filter(({ name }) => !name.endsWith(":development")) ?? [];
}
if (shipped.size > 0) {
  console.error(`The lockfile does not have ${[...shipped].join(", ")}: pnpm install`);
  process.exit(1);
}
writeFileSync(out, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${out}: ${bom.components.length} components`);
