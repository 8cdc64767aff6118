import { configDefaults, defineConfig } from "vitest/config";
import { source } from "../vitest.shared.ts";

export default defineConfig({
  ...source,
  test: {
    name: "repository",
    include: ["**/*.test.ts"],
    // What needs the packed packages is a project of its own, which packs them once.
    exclude: [...configDefaults.exclude, "packages/**"],
  },
});
