import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("runtimes/node_modules", import.meta.url));

/** The oldest Node that the packages support. */
export const oldestNode = join(modules, `node-oldest-${process.arch}`, "bin", "node");

/**
 * Why nothing can run on the oldest Node here; null when it can. Where PLYWS_REQUIRE_ALL is set, nothing may be
 * missing: then this throws.
 */
export function whyNoOldestNode(): string | null {
  if (existsSync(oldestNode)) return null;
  const reason = `no oldest supported Node for ${process.platform} ${process.arch}`;
  if (process.env.PLYWS_REQUIRE_ALL) throw new Error(`${reason}, and PLYWS_REQUIRE_ALL forbids to skip`);
  return reason;
}
