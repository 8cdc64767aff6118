// Runs the suites of the packages that need no platform on every runtime there is, prints what became of them, and sees
// whether the documentation says the same. With --write it writes that page.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../root.ts";
import { BROWSERS } from "./run/browsers.ts";
import { createConsumer } from "./run/consumer.ts";
import { faultsOf, runMatrix } from "./run/matrix.ts";
import { PAGE, toPage } from "./run/page.ts";
import { PROGRAMS } from "./run/programs.ts";
import { stalenessOf, toTable } from "./run/table.ts";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const file = join(root, PAGE);

const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), "plyws-runtimes-"));
try {
  const columns = await runMatrix([...PROGRAMS, ...BROWSERS], await createConsumer(folder));
  console.log(`\n${toTable(columns)}\n`);
  console.log(`Packed, installed and run in ${((performance.now() - began) / 1000).toFixed(1)} s`);

  const faults = faultsOf(columns);
  const complete = faults.length === 0 && columns.every(({ version }) => version !== null);
  if (values.write && complete) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, toPage(columns));
    console.log(`Written: ${PAGE}`);
  } else if (values.write) faults.push(`${PAGE} is not written: not everything has passed on every runtime`);
  else {
    const committed = existsSync(file) ? readFileSync(file, "utf8") : "";
    faults.push(
      ...stalenessOf(committed, columns).map((fault) => `${PAGE}: ${fault}. npm run runtimes -- --write`),
    );
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
