import { onTestFinished } from "vitest";

/** What would have ended a process during the test: it has to stay empty. */
export function watchProcess(): readonly unknown[] {
  const faults: unknown[] = [];
  const note = (fault: unknown): void => {
    faults.push(fault);
  };
  process.on("uncaughtException", note).on("unhandledRejection", note);
  onTestFinished(() => {
    process.off("uncaughtException", note).off("unhandledRejection", note);
  });
  return faults;
}
