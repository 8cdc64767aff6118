import { defineConfig } from "tsup";

// Every package is built from its own folder with this one configuration.
export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm"],
  target: "es2022",
  platform: "neutral",
  clean: true,
  sourcemap: true,
  external: [/^node:/],
  // Other runtimes take "zlib" for a package, and know "node:zlib".
  removeNodeProtocol: false,
});
