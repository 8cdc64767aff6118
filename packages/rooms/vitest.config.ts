import { defineConfig } from "vitest/config";
import { source } from "../../vitest.shared.ts";

export default defineConfig({
  ...source,
  test: { name: "rooms", include: ["test/**/*.test.ts"] },
});
