import { readdirSync, readFileSync } from "node:fs";
import { platform } from "node:os";

/**
 * The time that all threads of processes have run, in microseconds, by the scheduler of Linux; null elsewhere. For
 * threads that sleep it is exact to the nanosecond, where `getrusage` may count in ticks of the clock.
 */
export function cpuOf(pids: readonly number[]): number | null {
  if (platform() !== "linux") return null;
  let nanoseconds = 0;
  for (const pid of pids) {
    try {
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
      }
    } catch {
      return null;
    }
  }
  return nanoseconds / 1000;
}
