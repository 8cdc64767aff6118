#!/usr/bin/env node
import { run } from "./index.ts";

const [url = ""] = process.argv.slice(2);
const report = await run({ url });
console.log(report.results.length);
