export type { Case, ConnectionCase, Role } from "./cases/case.ts";
export { allCases, autobahnCases } from "./cases/index.ts";
export { type Selection, selectCases } from "./cases/select.ts";
export { type Counts, countVerdicts, type Report } from "./report/report.ts";
export type { CloseVerdict, Verdict } from "./run/judge.ts";
export type { LogEntry, LoggedFrame } from "./run/log.ts";
export { type CaseResult, isFailure } from "./run/result.ts";
export { type CaseOptions, type Progress, type RunOptions, run } from "./server/run.ts";
