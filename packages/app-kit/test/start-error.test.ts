import { expect, test } from "vitest";
import { StartError, whyNotListening } from "../src/start-error.ts";

const program = { command: "npm run echo", port: 9001 };

test.each([
  [
    "EADDRINUSE",
    9001,
    "Port 9001 on ::1 is already in use. Stop the other program or choose another port: npm run echo -- --port 9002",
  ],
  [
    "EADDRINUSE",
    65_535,
    "Port 65535 on ::1 is already in use. Stop the other program or choose another port: npm run echo -- --port 65534",
  ],
  [
    "EACCES",
    80,
    "Port 80 is for programs with more rights. Choose one above 1023: npm run echo -- --port 9001",
  ],
  ["EADDRNOTAVAIL", 9001, "::1 is not an address of this machine. Choose another with --host."],
  ["ENOTFOUND", 9001, "The name ::1 has no address. Choose another with --host."],
  ["EAI_AGAIN", 9001, "The name ::1 has no address. Choose another with --host."],
  ["EINVAL", 9001, "Cannot listen on port 9001 of ::1: the system's words"],
])("%s on port %i", (code, port, message) => {
  const error = whyNotListening(
    Object.assign(new Error("the system's words"), { code }),
    "::1",
    port,
    program,
  );
  expect(error).toBeInstanceOf(StartError);
  expect(error.message).toBe(message);
});
