import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, posix } from "node:path";
import { type Entry, type Package, pageOf, repository, site } from "./packages.ts";

/** Where the site shows a file or folder of the repository, by its path there; what is not here has no page. */
const PAGES: Readonly<Record<string, string>> = {
  "README.md": "/",
  "CONTRIBUTING.md": "/contributing/",
  "SECURITY.md": "/guide/security",
  "apps/bench": "/reference/comparisons",
  "apps/docs/contributing/how-a-message-travels.md": "/contributing/how-a-message-travels",
};

/** Parts of documents of the repository that pages of the site include: the file, its heading, and their name. */
const PARTS = [
  ["README.md", "Measured", "measured"],
  ["SECURITY.md", "Reporting", "reporting"],
  ["SECURITY.md", "What is promised", "promises"],
  ["SECURITY.md", "Limits and their defaults", "limits"],
  ["apps/bench/README.md", "How it is measured", "method"],
  ["apps/bench/README.md", "What to keep in mind", "caveats"],
  ["apps/chat-server/README.md", "Measured", "chat"],
  ["packages/conformance/README.md", "What it found", "conformance"],
  ["packages/permessage-deflate/README.md", "Memory", "deflate-memory"],
] as const;

/** Makes a page of the README of each package, in `packages`. */
export function writePackagePages(packages: readonly Package[]): void {
  const folder = emptyFolder("packages");
  for (const { id, entries } of packages) {
    const document = `packages/${id}/README.md`;
    const readme = relink(readDocument(document), document, packages);
    writeFileSync(join(folder, `${id}.md`), readme + references(entries));
  }
}

/** Leads to what can be imported; a program without such entries has none. */
function references(entries: readonly Entry[]): string {
  if (entries.length === 0) return "";
  const links = entries.map(({ name }) => `[\`${name}\`](/api/${pageOf(name)})`).join(", ");
  return `\n## Reference\n\nEverything that can be imported, with its types: ${links}.\n`;
}

/** Writes the parts that pages include, in `parts`. */
export function writeParts(packages: readonly Package[]): void {
  const folder = emptyFolder("parts");
  for (const [document, heading, name] of PARTS) {
    const part = partOf(readDocument(document), heading);
    if (part === null) throw new Error(`${document} has no part "${heading}" any more`);
    writeFileSync(join(folder, `${name}.md`), relink(part, document, packages));
  }
  writeFileSync(join(folder, "results.md"), benchResults(packages));
}

/** The published results of the bench, one after the other, with their charts; "" while there are none. */
function benchResults(packages: readonly Package[]): string {
  const folder = "apps/bench/results";
  const charts = emptyFolder("public/charts");
  if (!existsSync(join(repository, folder))) return "";
  const documents = readdirSync(join(repository, folder)).filter((name) => name.endsWith(".md"));
  const publish = (file: string) => {
    copyFileSync(join(repository, file), join(charts, posix.basename(file)));
    return `/charts/${posix.basename(file)}`;
  };
  return documents
    .toSorted()
    .map((name) => relink(lower(readDocument(`${folder}/${name}`)), `${folder}/${name}`, packages, publish))
    .join("\n");
}

function emptyFolder(name: string): string {
  const folder = join(site, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

const readDocument = (path: string): string => readFileSync(join(repository, path), "utf8");

/** What stands under a heading of the second level, up to the next one; null when there is no such heading. */
export function partOf(markdown: string, heading: string): string | null {
  const lines = markdown.split("\n");
  const start = lines.indexOf(`## ${heading}`);
  if (start === -1) return null;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("## "));
  return lines
    .slice(start + 1, length === -1 ? undefined : start + 1 + length)
    .join("\n")
    .trim();
}

/** Every heading one level lower, so that a document can be a part of a page. */
export function lower(markdown: string): string {
  let fenced = false;
  return markdown
    .split("\n")
    .map((line) => {
      if (line.trimStart().startsWith("```")) fenced = !fenced;
      return !fenced && /^#+ /.test(line) ? `#${line}` : line;
    })
    .join("\n");
}

/**
 * Makes links between files of the repository links between pages. What has no page becomes its text.
 *
 * @param document the path of the file in the repository, with forward slashes
 * @param publish takes the path of a picture in the repository, and gives that on the site; null to leave it out
 */
export function relink(
  markdown: string,
  document: string,
  packages: readonly { readonly id: string }[],
  publish: (picture: string) => string | null = () => null,
): string {
  const pages: Record<string, string> = { ...PAGES };
  for (const { id } of packages) pages[`packages/${id}`] = `/packages/${id}`;
  const relinkText = (part: string) =>
    part.replaceAll(LINK, (link: string, picture: string, text: string, target: string) => {
      if (/^[a-z]+:|^#/.test(target)) return link;
      const [path = "", hash] = target.split("#");
      const file = posix.join(posix.dirname(document), path).replace(/(\/README\.md|\/)$/, "");
      if (picture === "!") {
        const published = publish(file);
        return published === null ? "" : `![${text}](${published})`;
      }
      const page = pages[file];
      if (page === undefined) return text;
      // Only the pages of packages have all headings of their documents.
      const place = hash === undefined || !page.startsWith("/packages/") ? "" : `#${hash}`;
      return `[${text}](${page}${place})`;
    });
  // Every second part is code.
  const parts = markdown.split(/(^```[^]*?^```$)/m);
  return parts.map((part, index) => (index % 2 === 0 ? relinkText(part) : part)).join("");
}

const LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;
