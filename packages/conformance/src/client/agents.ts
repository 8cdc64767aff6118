import type { Case } from "../cases/case.ts";
import type { Report } from "../report/report.ts";
import type { CaseResult } from "../run/result.ts";

interface Agent {
  readonly started: Date;
  readonly results: Map<string, CaseResult>;
  readonly keys: Set<string>;
}

/** No more clients are told apart than this; it is they who choose their names. */
const MOST_AGENTS = 1000;

/** What clients have done, by the names that they give themselves. */
export class Agents {
  readonly #cases: readonly Case[];
  readonly #agents = new Map<string, Agent>();

  constructor(cases: readonly Case[]) {
    this.#cases = cases;
  }

  get names(): string[] {
    return [...this.#agents.keys()];
  }

  /** Begins the time of an agent with its first case. */
  begin(name: string): void {
    this.#get(name);
  }

  /** Keeps a result and tells how many there are. */
  add(name: string, result: CaseResult): number {
    const { results } = this.#get(name);
    results.set(result.id, result);
    return results.size;
  }

  behaviorOf(name: string, id: string): string | null {
    return this.#agents.get(name)?.results.get(id)?.behavior ?? null;
  }

  /** The keys of its earlier requests, to which this one is added. */
  keysBefore(name: string, key: string): ReadonlySet<string> {
    const agent = this.#get(name);
    const before = new Set(agent.keys);
    agent.keys.add(key);
    return before;
  }

  /** What there is of an agent, in the order of the cases; null when it is unknown. */
  report(name: string): Report | null {
    const agent = this.#agents.get(name);
    if (agent === undefined) return null;
    return {
      agent: name,
      role: "client",
      started: agent.started.toISOString(),
      duration: Date.now() - agent.started.getTime(),
      results: this.#cases.flatMap(({ id }) => agent.results.get(id) ?? []),
    };
  }

  #get(name: string): Agent {
    let agent = this.#agents.get(name);
    if (agent === undefined) {
      const [oldest] = this.#agents.keys();
      if (this.#agents.size >= MOST_AGENTS && oldest !== undefined) this.#agents.delete(oldest);
      agent = { started: new Date(), results: new Map(), keys: new Set() };
      this.#agents.set(name, agent);
    }
    return agent;
  }
}
