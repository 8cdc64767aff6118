import { fileURLToPath } from "node:url";
import type { PartResult } from "../parts/part.ts";
import { Child } from "../process/child.ts";
import { type Cores, pinned } from "../process/cores.ts";
import { Progress } from "../report/progress.ts";
import type { Report } from "../report/report.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import type { Runtime } from "../runtimes.ts";

/** Measures what each pure package does in process, on each Node; for so many milliseconds each. */
export async function parts(
  nodes: readonly Runtime[],
  milliseconds: number,
  cores: Cores | null,
): Promise<Report> {
  const path = fileURLToPath(new URL("../parts/main.js", import.meta.url));
  const progress = new Progress(nodes.length);
  const measured: { node: Runtime; results: readonly PartResult[] }[] = [];
  for (const node of nodes) {
    progress.step(`packages in process: Node ${node.name}`);
    const command = pinned(cores && [cores.server], [
      ...node.command,
      "--expose-gc",
      path,
      String(milliseconds),
    ]);
    const [child, { results }] = await Child.start<{ results: PartResult[] }>(
      `The parts on ${node.version}`,
      command,
    );
    await child.ended();
    measured.push({ node, results });
  }
  progress.end();
  const rows = measured[0]!.results.map(({ package: own, name, octets }, index) => [
    `${own}: ${name}`,
    ...measured.map(({ results }) => describe(results[index]!.median, octets)),
  ]);
  return {
    name: "parts",
    title: "The packages in process",
    text: [
      "Nanoseconds for each time, without any I/O: the median of mitata's samples; in brackets, GB/s of payload.",
      formatTable(["", ...nodes.map(({ version }) => version)], rows),
    ].join("\n\n"),
    data: { parts: measured.map(({ node, results }) => ({ node: node.version, results })) },
    charts: {},
    failures: [],
  };
}

function describe(nanoseconds: number, octets: number | null): string {
  const time = formatNumber(nanoseconds);
  return octets === null || octets < 1024 ? time : `${time} (${(octets / nanoseconds).toFixed(1)})`;
}
