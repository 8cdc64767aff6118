import { defineConfig } from "vitest/config";
import { source } from "../../vitest.shared.ts";

export default defineConfig({ ...source, test: { name: "docs", include: ["test/**/*.test.ts"] } });
