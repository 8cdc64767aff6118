import type { Contender } from "../contenders.ts";
import { Progress } from "../report/progress.ts";
import { rotated } from "../statistics.ts";

/** Something that every contender goes through. */
export interface Trial<Result> {
  readonly name: string;
  readonly contenders: readonly Contender[];
  run(contender: Contender): Promise<Result>;
}

/** Results by the name of the contender, one for each repetition; null where it failed. */
export type Results<Result> = ReadonlyMap<string, readonly (Result | null)[]>;

/**
 * Lets contenders go through trials several times, in turn, so that whatever else the machine does meets all of them.
 *
 * @returns the results of each trial, and what went wrong
 */
export async function runInTurn<Result>(
  trials: readonly Trial<Result>[],
  repetitions: number,
): Promise<{ results: Results<Result>[]; failures: string[] }> {
  const failures: string[] = [];
  const runs = trials.reduce((sum, { contenders }) => sum + contenders.length, 0) * repetitions;
  const progress = new Progress(runs);
  const results: Results<Result>[] = [];
  for (const trial of trials) {
    const { name, contenders } = trial;
    const found = new Map<string, (Result | null)[]>(contenders.map((contender) => [contender.name, []]));
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const contender of rotated(contenders, repetition)) {
        progress.step(`${name}: ${contender.name}, ${repetition + 1} of ${repetitions}`);
        try {
          found.get(contender.name)!.push(await trial.run(contender));
        } catch (error) {
          found.get(contender.name)!.push(null);
          failures.push(
            `${name}, ${contender.name}: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
      }
    }
    results.push(found);
  }
  progress.end();
  return { results, failures };
}

/** One figure of the results of a contender, null where it failed or did not take part. */
export function figures<Result>(
  results: Results<Result>,
  name: string,
  figure: (result: Result) => number,
): (number | null)[] {
  return (results.get(name) ?? []).map((result) => (result === null ? null : figure(result)));
}

/** Those that are there. */
export function present(numbers: readonly (number | null)[]): number[] {
  return numbers.filter((number) => number !== null);
}
