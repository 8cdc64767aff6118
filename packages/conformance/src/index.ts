export type { Case, ConnectionCase, Role } from "./cases/case.ts";
export { allCases, autobahnCases } from "./cases/index.ts";
export { type Selection, selectCases } from "./cases/select.ts";
export { type Host, type HostOptions, judgeClients } from "./client/host.ts";
export { type AutobahnEntry, type AutobahnIndex, toAutobahnIndex } from "./report/autobahn.ts";
export {
  type Baseline,
  findRegressions,
  parseBaseline,
  type Regression,
  toBaseline,
} from "./report/baseline.ts";
export { toHtml } from "./report/html.ts";
export { toJUnit } from "./report/junit.ts";
export { type Counts, countVerdicts, type Report } from "./report/report.ts";
export { writeReports } from "./report/write.ts";
export type { CloseVerdict, Verdict } from "./run/judge.ts";
export type { LogEntry, LoggedFrame } from "./run/log.ts";
export type { CaseOptions, Progress } from "./run/options.ts";
export { type CaseResult, isFailure } from "./run/result.ts";
export { type RunOptions, run } from "./server/run.ts";
