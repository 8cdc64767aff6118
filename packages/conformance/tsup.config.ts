import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/pure.ts", "src/cli.ts"],
  format: ["esm"],
  target: "es2022",
  platform: "neutral",
  clean: true,
  sourcemap: true,
  external: [/^node:/],
});
