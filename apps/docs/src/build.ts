// Makes the site: the pages that are made from sources and documents of the repository, then all of it.
import { build } from "vitepress";
import { writeApi } from "./api.ts";
import { writePackagePages, writeParts } from "./documents.ts";
import { publishedPackages, site } from "./packages.ts";

const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;

const packages = publishedPackages();
writePackagePages(packages);
writeParts(packages);
await writeApi(packages.flatMap(({ entries }) => entries));
console.log(`Read the sources: ${seconds()}`);
await build(site);
console.log(`Built the site: ${seconds()}`);
