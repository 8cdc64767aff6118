import type { Column } from "./matrix.ts";
import { toTable } from "./table.ts";

/** Where the documentation tells about runtimes, below the folder of the repository. */
export const PAGE = "apps/docs/reference/runtimes.md";

/** The text of that page. */
export const toPage = (columns: readonly Column[]): string => `# Runtimes

The packages that know no platform run wherever ECMAScript 2022 does. These are the runtimes on which each of them is
tried with every change: the same assertions everywhere, on the packed packages as they are installed from the registry.

${toTable(columns)}

- **Node, Deno, Bun** import the installed packages from \`node_modules\`; Deno does it without any permission.
- **workerd** runs a worker that is bundled into one file, without the compatibility with Node.
- **Chromium and Firefox** import the modules of the packages one by one, with an import map and without a bundler.
- The assertions are the examples of the RFCs, every form of length and every alignment, masking, close payloads, UTF-8,
  the opening handshake and whole connections of both roles, cut octet by octet, and compression both ways.

\`@plyws/node\`, \`@plyws/permessage-deflate/node\` and \`@plyws/rooms/redis\` are for Node, from 20.19.

This page is written by \`npm run runtimes -- --write\`; \`npm run runtimes\`, a part of \`npm test\`, runs everything again
and fails where packages, runtimes or pinned versions are others than here.
`;
