import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Much of what tests do is waiting, so even two cores are enough for two files at a time. Projects have settings of their
// own, but all of them heed this one.
process.env.VITEST_MAX_WORKERS ??= String(Math.max(2, availableParallelism() - 1));

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "test", "test/packages"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      reporter: ["text", "json-summary"],
      thresholds: { lines: 90 },
    },
  },
});
