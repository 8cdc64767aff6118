import { isFailure } from "../run/result.ts";
import { countVerdicts, type Report } from "./report.ts";

const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text inside of XML, without the control characters that XML cannot have. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, "\ufffd")
    .replaceAll(/[&<>"]/g, (character) => NAMED[character] ?? character);
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** JUnit's XML, which systems for continuous integration read: a suite for each agent, a test for each case. */
export function toJUnit(reports: readonly Report[]): string {
  const suites = reports.map((report) => {
    const { total, failed, unimplemented } = countVerdicts(report.results);
    const tests = report.results.map((result) => {
      const name = escaped(`${result.id} ${result.title}`);
      const open = `    <testcase classname="${escaped(report.agent)}" name="${name}" time="${seconds(result.duration)}"`;
      const text = escaped(`${result.result} ${result.resultClose}`.trim());
      if (isFailure(result)) {
        const verdict = `${result.behavior} / ${result.behaviorClose}`;
        return `${open}>\n      <failure message="${verdict}">${text}</failure>\n    </testcase>`;
      }
      if (result.behavior === "UNIMPLEMENTED") {
        return `${open}>\n      <skipped message="${text}"/>\n    </testcase>`;
      }
      return `${open}/>`;
    });
    return [
      `  <testsuite name="${escaped(report.agent)}" tests="${total}" failures="${failed}" skipped="${unimplemented}"` +
        ` time="${seconds(report.duration)}" timestamp="${report.started}">`,
      ...tests,
      "  </testsuite>",
    ].join("\n");
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}
