/** What the sources of one package may import besides themselves. */
export interface Rule {
  /** The other packages of this repository. They are also exactly its `dependencies`. */
  readonly arrows: readonly string[];
  /** Pure: runs wherever ECMAScript does, so not even a `node:` module. */
  readonly pure: boolean;
  /** The one folder of a pure package that may use Node's modules; the rest of the package does not import it. */
  readonly nodeFolder?: string;
  /** Packages of this repository that only its tests import, to judge them or to work with them: devDependencies. */
  readonly testArrows?: readonly string[];
  /** Modules of others. A published package has them as devDependencies and bundles them. */
  readonly others: readonly string[];
  /** Modules of others that users install when they want what needs them: optional peerDependencies. */
  readonly peers?: readonly string[];
}

/** The one place where the allowed arrows between packages are written. */
export const rules: Readonly<Record<string, Rule>> = {
  "@plyws/frame": { arrows: [], pure: true, others: [] },
  "@plyws/message": { arrows: ["@plyws/frame"], pure: true, others: [] },
  "@plyws/handshake": { arrows: [], pure: true, others: ["@noble/hashes"] },
  "@plyws/connection": { arrows: ["@plyws/frame", "@plyws/message"], pure: true, others: [] },
  "@plyws/permessage-deflate": {
    arrows: ["@plyws/frame"],
    pure: true,
    nodeFolder: "src/node/",
    others: ["pako"],
  },
  "@plyws/node": {
    arrows: ["@plyws/connection", "@plyws/frame", "@plyws/handshake", "@plyws/permessage-deflate"],
    pure: false,
    others: [],
  },
  "@plyws/cli": {
    arrows: ["@plyws/frame", "@plyws/handshake", "@plyws/message", "@plyws/node"],
    pure: false,
    others: [],
  },
  "@plyws/web": {
    arrows: ["@plyws/connection", "@plyws/frame", "@plyws/handshake", "@plyws/permessage-deflate"],
    testArrows: ["@plyws/conformance", "@plyws/node"],
    pure: true,
    others: [],
  },
  "@plyws/conformance": {
    arrows: [],
    pure: false,
    others: [],
    testArrows: ["@plyws/connection", "@plyws/node"],
  },
  "@plyws/rooms": {
    arrows: [],
    testArrows: ["@plyws/node"],
    pure: true,
    nodeFolder: "src/redis/",
    others: [],
    peers: ["redis"],
  },
  "@plyws/testkit": { arrows: [], pure: false, others: ["puppeteer-core"] },
  "@plyws/app-kit": { arrows: [], pure: false, others: [] },
  "@plyws/echo-server": { arrows: ["@plyws/app-kit", "@plyws/node"], pure: false, others: [] },
  "@plyws/inspector": {
    arrows: ["@plyws/frame", "@plyws/handshake", "@plyws/message", "@plyws/permessage-deflate"],
    testArrows: ["@plyws/node"],
    pure: true,
    others: [],
  },
  "@plyws/bench": {
    arrows: [
      "@plyws/connection",
      "@plyws/frame",
      "@plyws/handshake",
      "@plyws/message",
      "@plyws/node",
      "@plyws/permessage-deflate",
    ],
    pure: false,
    others: ["mitata", "ws"],
  },
  "@plyws/docs": {
    // The theme of the site imports it.
    arrows: [],
    testArrows: ["@plyws/inspector", "@plyws/node"],
    pure: false,
    others: ["typedoc", "typedoc-plugin-markdown", "vitepress"],
  },
  "@plyws/chat-server": {
    arrows: ["@plyws/app-kit", "@plyws/node", "@plyws/rooms"],
    pure: false,
    others: ["jose", "pino", "prom-client", "redis", "zod"],
  },
};

/** Only tests import it. */
export const TESTKIT = "@plyws/testkit";
