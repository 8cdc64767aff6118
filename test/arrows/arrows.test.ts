import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../root.ts";
import { type Rule, rules } from "./arrows.ts";
import { faultsOf, findCycle, type Package } from "./check.ts";

function readPackage(folder: string): Package {
  const files = new Map<string, string>();
  for (const part of ["src", "test"]) {
    if (!existsSync(join(folder, part))) continue;
    for (const name of readdirSync(join(folder, part), { recursive: true, encoding: "utf8" })) {
      if (!/\.[cm]?[jt]s$/.test(name)) continue;
      files.set(`${part}/${name.replaceAll("\\", "/")}`, readFileSync(join(folder, part, name), "utf8"));
    }
  }
  return { manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")), files };
}

const packages = ["packages", "apps"]
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
  .filter((folder) => existsSync(join(folder, "package.json")))
  .map(readPackage);

describe("this repository", () => {
  test("has a rule for every package and a package for every rule", () => {
    expect(packages.map(({ manifest }) => manifest.name).toSorted()).toEqual(Object.keys(rules).toSorted());
  });

  test("has no circle of arrows", () => {
    const edges = Object.entries(rules).map(([name, { arrows }]) => [name, arrows] as const);
    expect(findCycle(new Map(edges))).toBeNull();
  });

  const known = packages.flatMap((pkg) => {
    const rule = rules[pkg.manifest.name];
    return rule === undefined ? [] : [[pkg.manifest.name, pkg, rule] as const];
  });
  test.each(known)("%s keeps to its arrows", (_, pkg, rule) => {
    expect(pkg.files.size).toBeGreaterThan(0);
    expect(faultsOf(pkg, rule)).toEqual([]);
  });
});

describe("the check itself", () => {
  const rule: Rule = { arrows: ["@plyws/frame"], pure: true, others: ["@noble/hashes"] };
  const manifest = { name: "@plyws/message", dependencies: { "@plyws/frame": "workspace:*" } };
  const good = `import { Opcode } from "@plyws/frame";`;
  const check = (files: Record<string, string>, changed: object = {}, changedRule: Partial<Rule> = {}) =>
    faultsOf(
      {
        manifest: { ...manifest, ...changed },
        files: new Map(Object.entries({ "src/index.ts": good, ...files })),
      },
      { ...rule, ...changedRule },
    );

  test("finds nothing in a good package", () => {
    const faults = check({
      "src/a.ts": `import type { B } from "./deep/b.ts"; import { sha1 } from "@noble/hashes/legacy.js";`,
      "src/deep/b.ts": `export * from "../a.ts"; export type { Opcode } from "@plyws/frame";`,
      "test/a.test.ts": `import "../src/a.ts"; import "@plyws/testkit"; import "@plyws/message"; import "node:fs"; import "vitest";`,
    });
    expect(faults).toEqual([]);
  });

  test.each([
    ["an import", `import { x } from "@plyws/node";`, "@plyws/node is not an allowed arrow"],
    [
      "an import of a path",
      `import { x } from "@plyws/node/deep";`,
      "@plyws/node/deep is not an allowed arrow",
    ],
    ["an import of a type", `import type { x } from "@plyws/node";`, "@plyws/node is not an allowed arrow"],
    ["a type in place", `export type T = import("@plyws/node").T;`, "@plyws/node is not an allowed arrow"],
    ["a re-export", `export { x } from "@plyws/node";`, "@plyws/node is not an allowed arrow"],
    ["a re-export of types", `export type * from "@plyws/node";`, "@plyws/node is not an allowed arrow"],
    ["a dynamic import", `await import("@plyws/node");`, "@plyws/node is not an allowed arrow"],
    ["a require", `require("@plyws/node");`, "@plyws/node is not an allowed arrow"],
    ["an import assignment", `import x = require("@plyws/node");`, "@plyws/node is not an allowed arrow"],
    ["a computed import", "await import(name);", "a computed import cannot be checked"],
    ["a template import", "await import(`@plyws/node`);", "a computed import cannot be checked"],
    ["the test kit", `import "@plyws/testkit";`, "@plyws/testkit is for tests only"],
    ["its own name", `import "@plyws/message";`, "@plyws/message names its own package: use a relative path"],
    [
      "a neighbour's file",
      `import "../../frame/src/index.ts";`,
      "../../frame/src/index.ts leaves the sources of its package",
    ],
    ["a test", `import "../test/a.ts";`, "../test/a.ts leaves the sources of its package"],
    ["a Node module", `import "node:crypto";`, "node:crypto is a Node module in a pure package"],
    [
      "a Node module without prefix",
      `import "crypto";`,
      "crypto is a module of others that is not allowed here",
    ],
    ["Node's types", `/// <reference types="node" />`, "node is a module of others that is not allowed here"],
    ["somebody else's module", `import "ws";`, "ws is a module of others that is not allowed here"],
  ])("finds %s", (_, text, fault) => {
    expect(check({ "src/bad.ts": `\n${text}` })).toEqual([`src/bad.ts:2: ${fault}`]);
  });

  test("lets one folder of a pure package use Node, and nothing else lead there", () => {
    const files = {
      "src/node/a.ts": `import "node:zlib"; import "../index.ts"; import "./b.ts";`,
      "src/node/b.ts": `import type { C } from "../c.ts";`,
      "src/c.ts": `import "node:fs";`,
      "src/d.ts": `import "./node/b.ts";`,
    };
    expect(check(files, {}, { nodeFolder: "src/node/" })).toEqual([
      "src/c.ts:1: node:fs is a Node module in a pure package",
      "src/d.ts:1: ./node/b.ts leads from pure files to those that need Node",
    ]);
  });

  test("finds what a test may not import", () => {
    expect(check({ "test/a.test.ts": `import "@plyws/node"; import "../../frame/src/index.ts";` })).toEqual([
      "test/a.test.ts:1: @plyws/node is not an allowed arrow, not even for a test",
      "test/a.test.ts:1: ../../frame/src/index.ts leaves its package",
    ]);
  });

  test("lets tests import what their package judges, and nobody else", () => {
    const files = { "test/a.test.ts": `import "@plyws/node";` };
    const devDependencies = { devDependencies: { "@plyws/node": "*" } };
    expect(check(files, devDependencies, { testArrows: ["@plyws/node"] })).toEqual([]);
    expect(check({ "src/a.ts": `import "@plyws/node";` }, {}, { testArrows: ["@plyws/node"] })).toEqual([
      "src/a.ts:1: @plyws/node is not an allowed arrow",
    ]);
  });

  test("lets the part of a package that may use Node have an optional peer", () => {
    const peer = { peerDependencies: { redis: "^6.0.0" } };
    const optional = { ...peer, peerDependenciesMeta: { redis: { optional: true } } };
    const changedRule = { nodeFolder: "src/node/", peers: ["redis"] };
    const files = { "src/node/a.ts": `import("redis");` };
    const mandatory = "package.json: redis is neither a dependency nor a devDependency";
    expect(check(files, optional, changedRule)).toEqual([]);
    expect(check(files, peer, changedRule)).toEqual([mandatory]);
    expect(check(files, optional, { nodeFolder: "src/node/" })).toEqual([
      "src/node/a.ts:1: redis is a module of others that is not allowed here",
      mandatory,
    ]);
    expect(check({ ...files, "src/a.ts": `import "redis";` }, optional, changedRule)).toEqual([
      "src/a.ts:1: redis is a module of others that is not allowed here",
    ]);
    expect(check({}, optional, changedRule)).toEqual(["redis is allowed as a peer, but no source uses it"]);
  });

  test("finds a circle of files, unless only types go round", () => {
    expect(check({ "src/a.ts": `import "./b.ts";`, "src/b.ts": `export * from "./a.ts";` })).toEqual([
      "files import one another in a circle: src/a.ts -> src/b.ts -> src/a.ts",
    ]);
  });

  test.each([
    ["an undeclared dependency", { dependencies: {} }, {}, ["package.json: dependencies lack @plyws/frame"]],
    [
      "a dependency without an arrow",
      { dependencies: { "@plyws/frame": "*", "@plyws/node": "*" } },
      {},
      ["package.json: dependencies may not have @plyws/node"],
    ],
    [
      "a foreign dependency of a published package",
      { dependencies: { "@plyws/frame": "*", "@noble/hashes": "*" } },
      {},
      ["package.json: dependencies may not have @noble/hashes"],
    ],
    [
      "a peer dependency",
      { peerDependencies: { ws: "*" } },
      {},
      ["package.json: ws is neither a dependency nor a devDependency"],
    ],
    [
      "a neighbour as devDependency",
      { devDependencies: { "@plyws/node": "*" } },
      {},
      ["package.json: devDependencies may not have @plyws/node"],
    ],
    [
      "an arrow that nobody needs",
      { dependencies: { "@plyws/frame": "*", "@plyws/handshake": "*" } },
      { arrows: ["@plyws/frame", "@plyws/handshake"] },
      ["the arrow to @plyws/handshake is allowed, but no source uses it"],
    ],
  ])("finds %s", (_, changed, changedRule, faults) => {
    expect(check({}, changed, changedRule)).toEqual(faults);
  });
});
