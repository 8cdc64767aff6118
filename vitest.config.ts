import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Much of what tests do is waiting, so even two cores are enough for two files at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: ["packages/*", "apps/*", "test", "test/packages"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      reporter: ["text", "json-summary"],
      thresholds: { lines: 90 },
    },
  },
});
