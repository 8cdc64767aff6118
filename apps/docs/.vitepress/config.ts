import { existsSync } from "node:fs";
import { join } from "node:path";
import { type DefaultTheme, defineConfig } from "vitepress";
import { pageOf, publishedPackages, site } from "../src/packages.ts";

const packages = publishedPackages();

/** The pages among these that are there. */
const existing = (items: (DefaultTheme.SidebarItem & { link: string })[]): DefaultTheme.SidebarItem[] =>
  items.filter(({ link }) => existsSync(join(site, `${link.endsWith("/") ? `${link}index` : link}.md`)));

const guide: DefaultTheme.SidebarItem[] = [
  {
    items: [
      { text: "Getting started", link: "/guide/" },
      { text: "A chat with accounts", link: "/guide/tutorial" },
    ],
  },
  {
    text: "Building with it",
    items: existing([
      { text: "Servers", link: "/guide/server" },
      { text: "Clients", link: "/guide/client" },
      { text: "Authentication", link: "/guide/authentication" },
      { text: "Back-pressure", link: "/guide/back-pressure" },
      { text: "Compression and its memory", link: "/guide/compression" },
      { text: "Command line", link: "/guide/command-line" },
    ]),
  },
  {
    text: "Running it",
    items: [
      { text: "Keepalive and proxies", link: "/guide/keepalive" },
      { text: "Scaling out", link: "/guide/scaling" },
      { text: "Graceful shutdown", link: "/guide/shutdown" },
      { text: "Security", link: "/guide/security" },
    ],
  },
  {
    text: "Taking it apart",
    items: [
      { text: "Embedding the codec", link: "/guide/embedding" },
      { text: "Testing with the in-memory wire", link: "/guide/testing" },
    ],
  },
  {
    text: "Migrating",
    items: [
      { text: "From ws", link: "/guide/from-ws" },
      { text: "From websocket", link: "/guide/from-websocket" },
      { text: "From uWebSockets.js", link: "/guide/from-uwebsockets" },
    ],
  },
];

const protocol: DefaultTheme.SidebarItem[] = [
  {
    text: "The protocol",
    items: [
      { text: "Overview", link: "/protocol/" },
      { text: "The opening handshake", link: "/protocol/handshake" },
      { text: "Frames", link: "/protocol/frames" },
      { text: "Messages", link: "/protocol/messages" },
      { text: "Control frames and closing", link: "/protocol/closing" },
      { text: "Compression", link: "/protocol/compression" },
      { text: "The inspector", link: "/protocol/inspector" },
    ],
  },
];

const reference: DefaultTheme.SidebarItem[] = [
  {
    text: "Packages",
    items: packages.map(({ id, name }) => ({ text: name, link: `/packages/${id}` })),
  },
  {
    text: "API",
    items: packages.flatMap(({ entries }) =>
      entries.map(({ name }) => ({ text: name, link: `/api/${pageOf(name)}` })),
    ),
  },
  {
    text: "Facts",
    items: [
      { text: "Measured comparisons", link: "/reference/comparisons" },
      ...existing([{ text: "Runtimes", link: "/reference/runtimes" }]),
    ],
  },
];

export default defineConfig({
  title: "plyws",
  description:
    "WebSocket in layers for TypeScript: servers and clients for Node, made of packages that can each be used alone",
  lang: "en",
  outDir: "dist",
  srcExclude: ["README.md", "parts/**", "docs/**"],
  // Nothing is asked of other servers: no fonts, no search service.
  head: [["link", { rel: "icon", href: "/mark.svg", type: "image/svg+xml" }]],
  // Only what is meant as a link is one: addresses in texts are examples.
  markdown: { linkify: false },
  // The index of the search is larger, and comes only when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    logo: "/mark.svg",
    nav: [
      { text: "Guide", link: "/guide/", activeMatch: "^/guide/" },
      { text: "Protocol", link: "/protocol/", activeMatch: "^/protocol/" },
      {
        text: "Packages",
        link: `/packages/${packages.find(({ id }) => id === "node")?.id}`,
        activeMatch: "^/(packages|api|reference)/",
      },
      { text: "Contributing", link: "/contributing/", activeMatch: "^/contributing/" },
    ],
    sidebar: {
      "/guide/": guide,
      "/protocol/": protocol,
      "/packages/": reference,
      "/api/": reference,
      "/reference/": reference,
      "/contributing/": [
        { text: "Architecture", link: "/contributing/" },
        { text: "How a message travels", link: "/contributing/how-a-message-travels" },
      ],
    },
    outline: { level: [2, 3] },
    search: { provider: "local" },
    footer: { message: "MIT license" },
  },
});
