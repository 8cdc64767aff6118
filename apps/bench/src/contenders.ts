import { fileURLToPath } from "node:url";
import type { Peers } from "./peers.ts";
import type { Runtime } from "./runtimes.ts";

/** A server on a runtime. */
export interface Contender {
  /** Such as "plyws@26". */
  readonly name: string;
  readonly library: string;
  readonly runtime: Runtime;
  /** The file that runs it. */
  readonly path: string;
  /** Where other libraries are found, for those that need it. */
  readonly peers: string | null;
  /** The one that it is compared with. */
  readonly reference: string;
  /** Whether it has permessage-deflate. */
  readonly compresses: boolean;
  /** Whether it sends what it has received, rather than something of the same length. */
  readonly echoes: boolean;
}

const SERVERS = {
  plyws: { file: "plyws.js", compresses: true },
  floor: { file: "floor.js", compresses: false },
  ws: { file: "ws.js", compresses: true },
  "ws+bufferutil": { file: "ws.js", compresses: true },
  websocket: { file: "websocket.js", compresses: false },
  bun: { file: "bun.js", compresses: true },
  deno: { file: "deno.js", compresses: false },
} as const;

type Library = keyof typeof SERVERS;

function contender(library: Library, runtime: Runtime, peers: string | null, node: Runtime): Contender {
  const { file, compresses } = SERVERS[library];
  return {
    name: library === runtime.name ? library : `${library}@${runtime.name}`,
    library,
    runtime,
    path: fileURLToPath(new URL(`servers/${file}`, import.meta.url)),
    peers,
    reference: `ws@${node.name}`,
    compresses,
    echoes: library !== "floor",
  };
}

/**
 * All servers that can be compared on this machine.
 *
 * @param nodes the versions of Node, the newest first: other runtimes are compared with ws on that one
 */
export function findContenders(nodes: readonly Runtime[], peers: Peers | null): Contender[] {
  const found: Contender[] = [];
  for (const library of ["plyws", "floor", "ws"] as const) {
    for (const node of nodes) found.push(contender(library, node, null, node));
  }
  if (peers === null) return found;
  for (const library of ["ws+bufferutil", "websocket"] as const) {
    for (const node of nodes) found.push(contender(library, node, peers.folder, node));
  }
  for (const library of ["bun", "deno"] as const) {
    const runtime = peers[library];
    if (runtime !== null) found.push(contender(library, runtime, null, nodes[0]!));
  }
  return found;
}
