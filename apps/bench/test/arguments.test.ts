import { expect, test } from "vitest";
import { COMMANDS, HELP, readArguments } from "../src/arguments.ts";

test("without any, everything is measured", () => {
  expect(readArguments([])).toMatchObject({
    command: "all",
    servers: [],
    only: "",
    runs: null,
    seconds: null,
    connections: null,
    out: expect.stringMatching(/latest$/),
  });
});

test("all of them", () => {
  const options = ["--servers", "plyws,ws@26", "--only", "20 B", "--runs", "5", "--seconds", "0.5"];
  expect(readArguments(["memory", ...options, "--connections", "10", "--out", "there"])).toEqual({
    command: "memory",
    servers: ["plyws", "ws@26"],
    only: "20 B",
    runs: 5,
    seconds: 0.5,
    connections: 10,
    out: "there",
  });
});

test("help is there for every command", () => {
  expect(readArguments(["--help"])).toBeNull();
  for (const command of COMMANDS) expect(HELP).toMatch(new RegExp(`^  ${command} `, "m"));
});

test.each([
  [["nonsense"], 'There is no command "nonsense"'],
  [["quick", "more"], 'There is no command "quick more"'],
  [["--runs", "0"], '--runs is a whole number above 0, not "0"'],
  [["--runs", "1.5"], "--runs is a whole number above 0"],
  [["--connections", "many"], "--connections is a whole number above 0"],
  [["--seconds", "Infinity"], '--seconds is a number above 0, not "Infinity"'],
  [["--unknown"], "--unknown"],
])("%j make no sense", (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});
