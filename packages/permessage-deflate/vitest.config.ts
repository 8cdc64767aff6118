import { defineConfig } from "vitest/config";
import { source } from "../../vitest.shared.ts";

export default defineConfig({
  ...source,
  // An engine in JavaScript, with its coverage counted, takes its time over a megabyte.
  test: { name: "permessage-deflate", include: ["test/**/*.test.ts"], testTimeout: 60_000 },
});
