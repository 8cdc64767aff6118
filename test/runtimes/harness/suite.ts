import { Check } from "./check.ts";

/** The assertions about one package, the same for every runtime. */
export interface Suite {
  /** What users import. */
  readonly name: string;
  /** What is looked at, by a name that the messages of failures begin with. */
  readonly groups: Readonly<Record<string, (check: Check) => void | Promise<void>>>;
}

/** What a runtime tells: plain data, that goes through JSON. */
export interface SuiteResult {
  readonly suite: string;
  /** How many assertions. */
  readonly passed: number;
  readonly failed: number;
  /** What was wrong, for the first failures. */
  readonly failures: readonly string[];
}

/** Checks all that is said, and comes back in any case: what a group throws is a failure. */
export async function runSuite({ name, groups }: Suite): Promise<SuiteResult> {
  let [passed, failed] = [0, 0];
  const failures: string[] = [];
  for (const [title, group] of Object.entries(groups)) {
    const check = new Check();
    try {
      await group(check);
      if (check.passed + check.failed === 0) check.fail("asserts nothing");
    } catch (error) {
      check.fail(error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error));
    }
    passed += check.passed;
    failed += check.failed;
    failures.push(...check.failures.map((failure) => `${title}: ${failure}`));
  }
  return { suite: name, passed, failed, failures };
}

/** Suites by the names of their files. A package that cannot even be loaded fails alone. */
export type Suites = Readonly<Record<string, () => Promise<{ readonly default: Suite }>>>;

/** The result of a suite, with the name of its file. */
export interface FileResult extends SuiteResult {
  readonly file: string;
}

export async function runSuites(suites: Suites, done: (result: FileResult) => void): Promise<void> {
  for (const [file, load] of Object.entries(suites)) {
    let suite: Suite;
    try {
      suite = (await load()).default;
    } catch (error) {
      done({ file, suite: file, passed: 0, failed: 1, failures: [`cannot be loaded: ${String(error)}`] });
      continue;
    }
    done({ file, ...(await runSuite(suite)) });
  }
}

/** What precedes a result among all that a runtime prints. */
export const MARK = "plyws result: ";
