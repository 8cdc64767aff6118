import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findPythonWith, tool } from "@plyws/testkit/node";
import { describe, expect, test } from "vitest";
import { checkResponse, type DeflateParameters } from "../src/index.ts";
import { answerTo, offerFor, PAIRS, type Params, type Wishes } from "./wishes.ts";

const python = tool("Python with websockets", () => findPythonWith("websockets"));
const script = fileURLToPath(new URL("python/negotiation.py", import.meta.url));

/** One result for each task, in JSON; a task that fails ends the script, and the test. */
function run(tasks: readonly object[]): string {
  return execFileSync(python.path, [script], {
    input: JSON.stringify(tasks),
    encoding: "utf8",
    timeout: 30_000,
  });
}

/** Its names are those of the parameters. */
function named(wishes: Wishes): object {
  return Object.fromEntries(
    Object.entries(wishes).map(([name, value]) => [
      name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      value,
    ]),
  );
}

describe.skipIf(python.skip)("the websockets package of Python", { timeout: 60_000 }, () => {
  test("its client against our server", () => {
    const offers: Params[] = JSON.parse(
      run(PAIRS.map(({ client }) => ({ do: "offer", settings: named(client) }))),
    );
    expect(offers[0]).toEqual([["client_max_window_bits", true]]);
    const answers = PAIRS.map(({ server }, index) => answerTo(offers[index] ?? [], server));
    const tasks = PAIRS.map(({ client }, index) => {
      const params = answers[index]?.extension.params;
      return { do: "check", settings: named(client), params };
    });
    expect(JSON.parse(run(tasks))).toEqual(answers.map(({ parameters }) => parameters));
  });

  test("our client against its server", () => {
    const tasks = PAIRS.map(({ client, server }) => {
      return { do: "answer", settings: named(server), params: offerFor(client).params };
    });
    const answers: { params: Params; parameters: DeflateParameters }[] = JSON.parse(run(tasks));
    expect(answers).toHaveLength(PAIRS.length);
    const agreed = PAIRS.map(({ client }, index) =>
      checkResponse(offerFor(client), answers[index]?.params ?? [], 9),
    );
    expect(agreed).toEqual(answers.map(({ parameters }) => parameters));
  });
});
