import type { Tool } from "@plyws/testkit/node";
import type { FileResult } from "../harness/suite.ts";
import type { Consumer } from "./consumer.ts";

export interface Runtime {
  /** As people call it: "Node 22". */
  readonly name: string;
  /** Where it is, if it is on this machine. */
  readonly tool: Tool;
  /** Whether the repository says which version it is; else it is the one that the machine happens to have. */
  readonly pinned: boolean;
  /** Runs all suites. What it does not tell a result of has failed. */
  readonly run: (consumer: Consumer) => Promise<Outcome>;
}

export interface Outcome {
  readonly results: readonly FileResult[];
  /** What the runtime said besides: for people, where results are missing. */
  readonly output: string;
}

/** How long all suites may take on one runtime, in milliseconds: it includes the start of a browser on a busy machine. */
export const PATIENCE = 120_000;
