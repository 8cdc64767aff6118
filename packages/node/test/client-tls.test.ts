import type { TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { type ConnectOptions, connect, type TlsSettings } from "../src/client.ts";
import { certificate } from "./support/certificate.ts";
import { ACCEPT, redirect, rejectionOf, startAnswering, startProxy } from "./support/client-servers.ts";
import { openClient } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";

/** Settings that change nothing about whom to trust. */
const HARMLESS: readonly TlsSettings[] = [
  {},
  { rejectUnauthorized: true },
  { servername: "localhost" },
  { minVersion: "TLSv1.2" },
  { ALPNProtocols: ["http/1.1"] },
  { checkServerIdentity: () => undefined },
  { ...certificate },
];

/** Settings that are there and have no value; the types of `node:tls` do not allow most of them. */
const UNDEFINED = [
  "ca",
  "rejectUnauthorized",
  "checkServerIdentity",
  "servername",
  "ALPNProtocols",
  "secureContext",
  "minVersion",
].map((name): TlsSettings => ({ [name]: undefined }));

const MATRIX = [...HARMLESS, ...UNDEFINED].flatMap((one) =>
  [...HARMLESS, ...UNDEFINED].map((other) => ({ ...one, ...other })),
);

/** The ways on which a server by TLS is reached. */
const WAYS: Record<string, (port: number) => Promise<[url: string, options: ConnectOptions]>> = {
  direct: async (port) => [`wss://localhost:${port}/`, {}],
  "by an address": async (port) => [`wss://127.0.0.1:${port}/`, {}],
  "by an https: URL": async (port) => [`https://localhost:${port}/`, {}],
  "through a proxy": async (port) => [`wss://localhost:${port}/`, { proxy: (await startProxy()).url }],
  "through a proxy by TLS": async (port) => {
    const proxy = (await startProxy({ tls: true })).url;
    return [`wss://localhost:${port}/`, { proxy, proxyTls: { rejectUnauthorized: false } }];
  },
  "by a redirect": async (port) => {
    const first = await startAnswering(() => redirect(`wss://localhost:${port}/`));
    return [first.url, { maxRedirects: 1 }];
  },
};

const SELF_SIGNED = /self-signed certificate/;

describe.each(Object.keys(WAYS))("%s", (name) => {
  const way = WAYS[name]!;

  test("a self-signed certificate is refused with every combination of options", async () => {
    const faults = watchProcess();
    const server = await startAnswering(ACCEPT, {});
    const [url, options] = await way(server.port);
    await expect(connect(url, options)).rejects.toThrow(SELF_SIGNED);
    await expect(connect(url, { ...options, tls: undefined })).rejects.toThrow(SELF_SIGNED);
    for (const tls of MATRIX) {
      const error = await rejectionOf(connect(url, { ...options, tls }));
      expect(error.message, JSON.stringify(tls)).toMatch(SELF_SIGNED);
    }
    expect(server.heads).toEqual([]);
    expect(faults).toEqual([]);
  }, 60_000);

  test("it is accepted when it is a trusted one, or when nothing is verified", async () => {
    const server = await startAnswering(ACCEPT, {});
    const [url, options] = await way(server.port);
    for (const tls of [{ ca: certificate.cert }, { rejectUnauthorized: false }]) {
      expect((await openClient(url, {}, { ...options, tls })).state).toBe("open");
    }
  });
});

test("a trusted certificate for another name than `servername` is refused", async () => {
  const server = await startAnswering(ACCEPT, {});
  const tls = { ca: certificate.cert, servername: "chat.example" };
  const error = await rejectionOf(connect(server.url, { tls }));
  expect(error).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  expect(server.heads).toEqual([]);
});

test("the host of the URL is what is verified, behind a proxy as well", async () => {
  const server = await startAnswering(ACCEPT, {});
  const proxy = await startProxy();
  const options = { proxy: proxy.url, tls: { ca: certificate.cert } };
  const error = await rejectionOf(connect(`wss://chat.example:${server.port}/`, options));
  expect(error).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID", host: "chat.example" });
  expect(proxy.requests.length).toBe(1);
  expect(server.heads).toEqual([]);
});

test.each([
  ["wss://localhost", {}, "localhost"],
  ["wss://127.0.0.1", {}, false],
  ["wss://127.0.0.1", { servername: "localhost" }, "localhost"],
  ["wss://localhost", { servername: undefined }, "localhost"],
] as [string, TlsSettings, string | false][])(
  "%s with %j names the server %s",
  async (url, settings, name) => {
    const names: unknown[] = [];
    const protocols: unknown[] = [];
    const server = await startAnswering(
      (_, { socket }) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        const { servername, alpnProtocol } = socket as TLSSocket & { servername?: unknown };
        names.push(servername);
        protocols.push(alpnProtocol);
        return null;
      },
      { ALPNProtocols: ["h2", "http/1.1"] },
    );
    await openClient(`${url}:${server.port}/`, {}, { tls: { ca: certificate.cert, ...settings } });
    expect(names).toEqual([name]);
    expect(protocols).toEqual(["http/1.1"]);
  },
);

test("settings that cannot be used are an error, and leave no stream behind", async () => {
  const server = await startAnswering(ACCEPT, {});
  await expect(connect(server.url, { tls: { ciphers: "none" } })).rejects.toThrow("no cipher match");
  await expect(connect(server.url, { tls: { cert: "none", key: "none" } })).rejects.toThrow("PEM");
  for (const peer of server.peers) await peer.closed;
});

test("settings that say where to connect are not for `tls`", async () => {
  const other = await startAnswering(ACCEPT, {});
  const server = await startAnswering(ACCEPT, {});
  const elsewhere = {
    host: "chat.example",
    port: other.port,
    path: "/nowhere",
    lookup: () => {},
    socket: null,
  };
  await openClient(server.url, {}, { tls: { ca: certificate.cert, ...elsewhere } });
  expect(other.peers).toEqual([]);
});
