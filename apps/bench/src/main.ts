import { type Arguments, type Command, HELP, readArguments } from "./arguments.ts";
import { chooseContenders, runCommand } from "./commands.ts";
import { describe, findBench } from "./machine.ts";
import { formatTime } from "./report/progress.ts";
import { failureLines, writeReport } from "./report/report.ts";

const ALL = ["throughput", "memory", "latency", "scale", "parts"] as const;

const say = (line: string): void => console.log(line);

/** Returns whether all went well. */
async function run(command: Exclude<Command, "all">, args: Arguments): Promise<boolean> {
  const startedAt = performance.now();
  const bench = findBench();
  const contenders = chooseContenders(command, args, bench, say);
  if (contenders.length === 0 && command !== "parts")
    throw new Error(`There is no server "${args.servers.join()}"`);
  const about = describe(bench, contenders);
  const report = await runCommand(command, args, bench, contenders, say);
  writeReport(args.out, report, about);
  const took = `Took ${formatTime(performance.now() - startedAt)}. Written to ${args.out} as ${report.name}.*`;
  const lines = [
    `# ${report.title}`,
    about.lines.join("\n"),
    report.text,
    ...failureLines(report.failures),
    took,
  ];
  console.log(`\n${lines.join("\n\n")}`);
  return report.failures.length === 0;
}

try {
  const args = readArguments(process.argv.slice(2));
  if (args === null) process.stdout.write(HELP);
  else {
    for (const command of args.command === "all" ? ALL : [args.command]) {
      if (!(await run(command, args))) process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
