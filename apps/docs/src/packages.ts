import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const repository = fileURLToPath(new URL("../../..", import.meta.url));
/** The folder of the pages. */
export const site = fileURLToPath(new URL("..", import.meta.url));

/** What can be imported from a package: "@plyws/permessage-deflate/node", for instance. */
export interface Entry {
  readonly name: string;
  /** Its file, absolute. */
  readonly source: string;
}

/** A package that goes to the registry. */
export interface Package {
  /** The name of its folder, and of its pages. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly entries: readonly Entry[];
}

/** From the innermost layer outwards; packages that are not named come after them. */
const ORDER = ["frame", "message", "handshake", "permessage-deflate", "connection", "node", "rooms"];

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** The published packages of the workspace, in the order in which one learns them. */
export function publishedPackages(): Package[] {
  const place = ({ id }: Package) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length);
  return readdirSync(join(repository, "packages"))
    .toSorted()
    .flatMap((id) => readPackage(id, join(repository, "packages", id)))
    .toSorted((one, other) => place(one) - place(other));
}

function readPackage(id: string, folder: string): Package[] {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return [];
  const {
    name,
    description,
    private: isPrivate,
    exports = {},
  }: Manifest = JSON.parse(readFileSync(file, "utf8"));
  if (isPrivate === true) return [];
  const entries = Object.entries(exports).flatMap(([path, targets]) => {
    const source = typeof targets === "string" ? undefined : targets["@plyws/source"];
    return source === undefined ? [] : [{ name: name + path.slice(1), source: join(folder, source) }];
  });
  return [{ id, name, description, folder, entries }];
}

/** The name of the page of an entry: "@plyws/permessage-deflate/node" is at "permessage-deflate-node". */
export const pageOf = (entry: string): string => entry.replace("@plyws/", "").replaceAll("/", "-");
