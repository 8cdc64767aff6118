import type { Report } from "@plyws/conformance";

/** The verdicts that are not what is strictly right, and why. Without compression there is none to judge. */
export function imperfect({ results }: Report): string[] {
  const fine = ["OK", "INFORMATIONAL", "UNIMPLEMENTED"];
  return results
    .filter(({ behavior, behaviorClose }) => !(behavior === behaviorClose && fine.includes(behavior)))
    .map(({ id, behavior, behaviorClose, result }) => `${id} ${behavior} / ${behaviorClose}: ${result}`);
}
