import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tool } from "@plyws/testkit/node";

const path = fileURLToPath(
  new URL(`runtimes/node_modules/node-oldest-${process.arch}/bin/node`, import.meta.url),
);

/** The oldest Node that the packages support. */
export const oldestNode = tool("Node 20.19.0", () => (existsSync(path) ? path : null));
