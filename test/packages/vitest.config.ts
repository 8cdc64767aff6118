import { defineConfig } from "vitest/config";
import { source } from "../../vitest.shared.ts";

export default defineConfig({
  ...source,
  test: {
    name: "packed",
    include: ["*.test.ts"],
    globalSetup: ["setup.ts"],
    // Most of them wait for programs that they start: npm, Node, a compiler.
    testTimeout: 60_000,
  },
});
