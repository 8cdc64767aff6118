import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/main.ts"],
  format: ["esm"],
  target: "node22",
  clean: true,
  // It is used from source.
  noExternal: ["@plyws/app-kit"],
  // node:sqlite has no name without the prefix.
  removeNodeProtocol: false,
  silent: true,
});
