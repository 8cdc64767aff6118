import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pageOf, publishedPackages } from "../src/packages.ts";
import { built } from "./site.ts";

const pages = readdirSync(built, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".html"))
  .map((name) => ({ path: `/${name.replaceAll("\\", "/")}`, html: readFileSync(join(built, name), "utf8") }));

const attributes = (html: string, name: string) =>
  Array.from(html.matchAll(new RegExp(` ${name}="([^"]*)"`, "g")), ([, value = ""]) =>
    decodeURIComponent(value.replaceAll("&amp;", "&")),
  );
const anchors = new Map(pages.map(({ path, html }) => [path, new Set(attributes(html, "id"))]));

/** The page that a link leads to, and the place on it. */
function targetOf(link: string, from: string): { path: string; anchor: string } {
  const { pathname, hash } = new URL(link, `http://site${from}`);
  const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
  return {
    path: /\.[a-z0-9]+$/i.test(path) ? path : `${path}.html`,
    anchor: decodeURIComponent(hash.slice(1)),
  };
}

test.each(publishedPackages().map(({ id, entries }) => [id, entries] as const))(
  "%s has its page, and every entry a reference",
  (id, entries) => {
    const page = pages.find(({ path }) => path === `/packages/${id}.html`);
    const expected = entries.map(({ name }) => `/api/${pageOf(name)}.html`);
    expect(page).toBeDefined();
    expect(attributes(page?.html ?? "", "href")).toEqual(expect.arrayContaining(expected));
  },
);

test("has what people have written, and nothing that is for other readers", () => {
  const paths = pages.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      "/index.html",
      "/guide/index.html",
      "/packages/node.html",
      "/api/permessage-deflate-node.html",
    ]),
  );
  expect(paths.filter((path) => /^\/(README|parts|test)/.test(path))).toEqual([]);
});

test.each(pages.map(({ path, html }) => [path, html] as const))(
  "%s links to pages and places that exist",
  (from, html) => {
    const inside = attributes(html, "href").filter(
      (link) => /^[/#.]/.test(link) && !/\.(js|css|svg|woff2)$/.test(link),
    );
    const dead = inside.filter((link) => {
      const { path, anchor } = targetOf(link, from);
      const places = anchors.get(path);
      return places === undefined || (anchor !== "" && !places.has(anchor));
    });
    expect(dead).toEqual([]);
  },
);

test("asks nothing of other servers", () => {
  const foreign = pages.flatMap(({ html }) => [
    ...attributes(html, "src"),
    ...Array.from(html.matchAll(/<link[^>]* href="([^"]*)"/g), ([, link = ""]) => link),
  ]);
  expect(foreign.filter((link) => /^([a-z]+:)?\/\//.test(link))).toEqual([]);
});
