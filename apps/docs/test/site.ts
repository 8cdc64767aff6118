import { existsSync } from "node:fs";
import { join } from "node:path";
import { site } from "../src/packages.ts";

/** The folder of the built site. */
export const built = join(site, "dist");

if (!existsSync(join(built, "index.html"))) {
  throw new Error(
    "The site is not built. Build it first: npm run build, or turbo run build --filter=@plyws/docs",
  );
}
