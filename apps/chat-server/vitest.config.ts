import { defineConfig } from "vitest/config";
import { source } from "../../vitest.shared.ts";

export default defineConfig({
  ...source,
  test: { name: "chat-server", include: ["test/**/*.test.ts"], globalSetup: ["test/build-page.ts"] },
});
