import { createConnection } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ConnectError, type ConnectOptions, connect } from "../src/client.ts";
import { certificate } from "./support/certificate.ts";
import {
  ACCEPT,
  closedPort,
  rejectionOf,
  response,
  startAnswering,
  startProxy,
  startSilent,
} from "./support/client-servers.ts";
import { ECHO, openClient, roundTrip, startServer } from "./support/endpoints.ts";
import { watchProcess } from "./support/process-faults.ts";
import { rawServer } from "./support/raw-peer.ts";

const tls = { ca: certificate.cert };
const TRUST: ConnectOptions = { tls, proxyTls: tls };

/** The message of the error of a connection by a proxy with this URL. */
async function errorBy(proxy: string, url = "ws://chat.example:1/"): Promise<ConnectError> {
  const error = await rejectionOf(connect(url, { proxy, ...TRUST }));
  if (error instanceof ConnectError) return error;
  throw error;
}

/** Takes the variables of the environment away that are read, and sets some of them. */
function setEnvironment(variables: Record<string, string>): void {
  for (const name of ["ws", "wss", "http", "https", "all", "no"]) {
    vi.stubEnv(`${name}_proxy`, undefined);
    vi.stubEnv(`${name}_PROXY`.toUpperCase(), undefined);
  }
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe.each([
  { name: "an http: proxy", byTls: false },
  { name: "an https: proxy", byTls: true },
])("by $name", ({ byTls }) => {
  test.each(["ws", "wss"])("to a %s: server: messages of all sizes, and a clean end", async (scheme) => {
    const server = await startServer(ECHO, scheme === "wss" ? { tls: certificate } : {});
    const proxy = await startProxy({ tls: byTls });
    const { port } = new URL(server.url);
    const url = `${scheme}://localhost:${port}/path?query`;
    const client = await openClient(url, {}, { ...TRUST, proxy: proxy.url });
    expect(proxy.requests).toEqual([
      { authority: `localhost:${port}`, authorization: undefined, host: `localhost:${port}` },
    ]);
    expect(client.url).toBe(url);
    for (const size of [0, 1, 125, 70_000, 1_000_000]) {
      const data = Buffer.alloc(size, `${size}.`);
      expect(Buffer.compare(Buffer.from(await roundTrip(client, data)), data)).toBe(0);
    }
    client.close(1000, "bye");
    expect(await client.closed).toMatchObject({ code: 1000, clean: true });
  });

  test.each(["ws", "wss"])("the first message comes with the answer of a %s: server", async (scheme) => {
    const server = await startServer(
      { open: (socket) => socket.send("welcome") },
      scheme === "wss" ? { tls: certificate } : {},
    );
    const proxy = await startProxy({ tls: byTls });
    const client = await openClient(server.url, {}, { ...TRUST, proxy: new URL(proxy.url) });
    expect(await client.receive()).toBe("welcome");
  });

  test("user name and password", async () => {
    const server = await startServer();
    const proxy = await startProxy({ tls: byTls, credentials: "us er:pä:ss%" });
    const named = proxy.url.replace("://", "://us%20er:p%C3%A4:ss%25@");
    expect((await openClient(server.url, {}, { ...TRUST, proxy: named })).state).toBe("open");
    const error = await errorBy(proxy.url.replace("://", "://us%20er:wrong@"), server.url);
    expect(error).toMatchObject({ code: "proxy-refused", status: 407 });
    expect(error.headers.get("proxy-authenticate")).toBe("Basic");
    expect(error.message).toBe(
      `The proxy ${proxy.url}/ does not connect to ${new URL(server.url).host}: it answered 407. ` +
        "It asks for a user name and password: they go into the URL of the proxy",
    );
    expect(JSON.stringify([error, error.message, error.stack])).not.toMatch(/wrong|us.*er:/);
  });

  test("a server that the proxy cannot reach", async () => {
    const proxy = await startProxy({ tls: byTls });
    const error = await errorBy(proxy.url, `ws://chat.example:${await closedPort()}/`);
    expect(error).toMatchObject({ code: "proxy-refused", status: 502 });
    expect(error.message).toMatch(/does not connect to chat\.example:\d+: it answered 502$/);
  });

  test("an answer cut into octets, and the octets behind it", async () => {
    const servers = byTls ? {} : undefined;
    const proxy = await startAnswering((head, peer) => {
      expect(head).toBe("CONNECT chat.example:80 HTTP/1.1\r\nHost: chat.example:80\r\n\r\n");
      void (async () => {
        const first = response(103, "Link: </>") + response(299, "Content-Length: 5", "Transfer-Encoding: x");
        for (const octet of first) {
          peer.write(octet);
          await new Promise(setImmediate);
        }
        await peer.head();
        peer.write(response(400, "Content-Length: 3"), "Bad");
      })();
      return undefined;
    }, servers);
    const proxyUrl = proxy.url.replace("ws", "http");
    const error = await rejectionOf(connect("ws://chat.example/", { proxy: proxyUrl, ...TRUST }));
    expect(error).toMatchObject({ name: "ResponseError", status: 400, body: "Bad" });
  });
});

test("octets in the same chunk as the answer of the proxy belong to the server", async () => {
  const proxy = await startAnswering(() => response(200) + response(418));
  const error = await rejectionOf(connect("ws://chat.example/", { proxy: proxy.url.replace("ws", "http") }));
  expect(error).toMatchObject({ name: "ResponseError", status: 418 });
  expect(proxy.heads.length).toBe(1);
});

test.each([
  ["ws://chat.example/", "chat.example:80"],
  ["wss://chat.example/", "chat.example:443"],
  ["http://chat.example:8080/", "chat.example:8080"],
  ["ws://[::1]/", "[::1]:80"],
  ["ws://user:secret@chat.example/", "chat.example:80"],
])("CONNECT for %s: %s", async (url, authority) => {
  const proxy = await startAnswering(() => response(403));
  const error = await errorBy(proxy.url.replace("ws", "http"), url);
  expect(error).toMatchObject({ code: "proxy-refused", status: 403 });
  expect(proxy.heads).toEqual([`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`]);
});

describe("answers of a proxy that are no tunnel", () => {
  test.each([101, 302, 400, 403, 404, 407, 500, 502, 503, 504])("%i", async (status) => {
    const proxy = await startAnswering(() => response(status, "Location: http://elsewhere.example/"));
    const error = await errorBy(proxy.url.replace("ws", "http"));
    expect(error).toMatchObject({ code: "proxy-refused", status });
    expect(error.message).toContain(`answered ${status}`);
    await proxy.peers[0]?.ended;
  });

  test.each([
    ["not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "not a well-formed HTTP/1.1 head"],
    ["an endless head", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}`, "more octets than the limit"],
    ["too many lines", `HTTP/1.1 200 OK\r\n${"X: x\r\n".repeat(101)}`, "more header lines than the limit"],
  ])("%s", async (_, text, what) => {
    const proxy = await startAnswering(() => text);
    const url = proxy.url.replace("ws", "http");
    const error = await errorBy(url);
    expect(error).toMatchObject({ code: "proxy-failed", status: 0, cause: { name: "HandshakeError" } });
    expect(error.message).toContain(`The proxy ${url} cannot be used: `);
    expect(error.message).toContain(what);
    await proxy.peers[0]?.ended;
  });

  test("the end of the stream instead of an answer", async () => {
    const proxy = await startAnswering((_, peer) => void peer.socket.end("HTTP/1.1 200 O"));
    const error = await errorBy(proxy.url.replace("ws", "http"));
    expect(error.code).toBe("proxy-failed");
    expect(error.message).toMatch(/The peer ended the stream before the answer of the proxy http:/);
  });

  test("a reset instead of an answer", async () => {
    const proxy = await startAnswering((_, peer) => {
      peer.reset();
      return undefined;
    });
    expect(await errorBy(proxy.url.replace("ws", "http"))).toMatchObject({
      code: "proxy-failed",
      cause: { code: "ECONNRESET" },
    });
  });
});

test("a proxy that does not listen", async () => {
  const url = `http://user:secret@127.0.0.1:${await closedPort()}/`;
  const error = await errorBy(url);
  expect(error).toMatchObject({ code: "proxy-failed", status: 0, cause: { code: "ECONNREFUSED" } });
  expect(error.message).toMatch(
    /^The proxy http:\/\/127\.0\.0\.1:\d+\/ cannot be used: connect ECONNREFUSED 127/,
  );
});

test("an https: proxy is verified, and not by the settings for the server", async () => {
  const server = await startServer(ECHO, { tls: certificate });
  const proxy = await startProxy({ tls: true });
  const byProxy = (options: ConnectOptions): Promise<unknown> =>
    connect(server.url, { proxy: proxy.url, ...options });
  expect(await rejectionOf(byProxy({ tls }))).toMatchObject({
    code: "proxy-failed",
    cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
  });
  expect(await rejectionOf(byProxy({ tls: { rejectUnauthorized: false } }))).toMatchObject({
    code: "proxy-failed",
  });
  expect(proxy.requests).toEqual([]);
  const error = await rejectionOf(byProxy({ proxyTls: tls }));
  expect(error).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
});

test("a proxy never sees what is meant for the server", async () => {
  const proxy = await startAnswering(() => response(403));
  const headers = { authorization: "Bearer secret", cookie: "secret", "x-key": "secret" };
  const options = { proxy: proxy.url.replace("ws", "http"), headers, origin: "https://secret.example" };
  await rejectionOf(connect("ws://secret:secret@chat.example/secret?secret", options));
  expect(proxy.heads[0]).not.toContain("secret");
});

describe("the proxy of the environment", () => {
  test("is used on request alone", async () => {
    const server = await startServer();
    const proxy = await startProxy();
    setEnvironment({ http_proxy: proxy.url, all_proxy: proxy.url });
    await openClient(server.url);
    expect(proxy.requests.length).toBe(0);
    await openClient(server.url, {}, { proxy: "environment" });
    expect(proxy.requests.length).toBe(1);
  });

  test("may have no scheme, and a user name and password", async () => {
    const server = await startServer();
    const proxy = await startProxy({ credentials: "user:secret" });
    setEnvironment({ HTTP_PROXY: `user:secret@127.0.0.1:${proxy.port}` });
    await openClient(server.url, {}, { proxy: "environment" });
    expect(proxy.requests.length).toBe(1);
  });

  test("is not used for a server that no_proxy has, and without a variable", async () => {
    const server = await startServer();
    setEnvironment({ http_proxy: `http://127.0.0.1:${await closedPort()}`, no_proxy: "127.0.0.1" });
    expect((await openClient(server.url, {}, { proxy: "environment" })).state).toBe("open");
    setEnvironment({});
    expect((await openClient(server.url, {}, { proxy: "environment" })).state).toBe("open");
  });

  test("is chosen again at every redirect", async () => {
    const proxy = await startProxy();
    const server = await startAnswering(ACCEPT);
    const first = await startAnswering(() => response(307, `Location: ws://localhost:${server.port}/`));
    setEnvironment({ http_proxy: proxy.url, no_proxy: "127.0.0.1" });
    await openClient(first.url, {}, { proxy: "environment", maxRedirects: 1 });
    expect(proxy.requests.map(({ authority }) => authority)).toEqual([`localhost:${server.port}`]);
  });

  test.each([
    ["socks5://user:secret@127.0.0.1:1080", "ALL_PROXY is a URL of socks5: instead of http: or https:"],
    ["http://", "ALL_PROXY is not a URL such as"],
    ["secret@:x", "ALL_PROXY is not a URL such as"],
    ["http://%zz:secret@127.0.0.1", "A percent sign in the user name or password"],
  ])("%s is no proxy", async (value, message) => {
    setEnvironment({ ALL_PROXY: value });
    const error = await rejectionOf(connect("ws://chat.example/", { proxy: "environment" }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(message);
    expect(error.stack).not.toContain("secret");
  });
});

test.each(["", "127.0.0.1:3128", "proxy.example", "ws://127.0.0.1/", "socks5://127.0.0.1/", "Environment"])(
  "the option %j is no proxy",
  async (proxy) => {
    await expect(connect("ws://chat.example/", { proxy })).rejects.toThrow(TypeError);
  },
);

test("a tunnel whose other end goes away ends the connection", async () => {
  const server = await startServer(ECHO, { tls: certificate });
  const proxy = await startProxy({ tls: true });
  const client = await openClient(server.url, {}, { ...TRUST, proxy: proxy.url });
  for (const socket of proxy.sockets) socket.resetAndDestroy();
  expect(await client.closed).toMatchObject({ code: 1006, clean: false });
});

test("a proxy that goes on with garbage instead of the records of its TLS", async () => {
  const faults = watchProcess();
  let spoil!: () => void;
  const server = await startServer(ECHO);
  const proxy = await startProxy({ tls: true });
  // In between, so that octets can be put into the cipher text.
  const between = await rawServer(({ socket }) => {
    const upstream = createConnection({ host: "127.0.0.1", port: proxy.port });
    socket.pipe(upstream).pipe(socket, { end: false });
    upstream.on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
    spoil = () => void socket.write(Buffer.alloc(100, 0xff));
  });
  const options = { ...TRUST, proxy: between.replace("ws:", "https:") };
  const client = await openClient(server.url, {}, options);
  expect(await roundTrip(client, "x")).toBe("x");
  spoil();
  expect(await client.closed).toMatchObject({ code: 1006, clean: false });
  expect(faults).toEqual([]);
});

test("a proxy that is silent", async () => {
  const silent = await startSilent();
  const proxy = `http://127.0.0.1:${silent.port}`;
  const options = { proxy, handshakeTimeout: 200 };
  await expect(connect("ws://chat.example/", options)).rejects.toThrow(
    `The opening handshake took longer than 200 ms, waiting for the answer of the proxy ${proxy}/`,
  );
});
