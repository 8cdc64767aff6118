import dns, { type LookupAddress } from "node:dns";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../src/client.ts";
import { WebSocketServer } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import {
  ACCEPT,
  closedPort,
  redirect,
  rejectionOf,
  startAnswering,
  startProxy,
} from "./support/client-servers.ts";
import { ECHO, openClient, roundTrip } from "./support/endpoints.ts";

let pipes = 0;

/** A path for a socket that lasts as long as the test. */
function socketPath(): string {
  if (process.platform === "win32") return `\\\\.\\pipe\\plyws-${process.pid}-${++pipes}`;
  const folder = mkdtempSync(join(tmpdir(), "plyws-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "a:b c.sock");
}

async function startUnix(secure = false): Promise<{ path: string; urls: string[] }> {
  const path = socketPath();
  const urls: string[] = [];
  const http = secure ? createHttpsServer(certificate) : createServer();
  const server = new WebSocketServer(
    {
      accept: (request) => {
        urls.push(`${request.headers.get("host")}${request.url}`);
        return { data: undefined };
      },
    },
    ECHO,
  );
  server.attach(http);
  http.on("request", (_request, answer) => answer.end());
  http.listen(path);
  await once(http, "listening");
  onTestFinished(async () => {
    await server.close({ deadline: 0 });
    http.close();
  });
  return { path, urls };
}

describe("a Unix socket", () => {
  test.each([false, true])("messages there and back (TLS: %s)", async (secure) => {
    const { path, urls } = await startUnix(secure);
    const url = `${secure ? "wss" : "ws"}://localhost:81/path?query`;
    const client = await openClient(url, {}, { socketPath: path, tls: { ca: certificate.cert } });
    expect(urls).toEqual(["localhost:81/path?query"]);
    expect(client.url).toBe(url);
    const data = Buffer.alloc(500_000, "data");
    expect(Buffer.compare(Buffer.from(await roundTrip(client, data)), data)).toBe(0);
    client.close();
    expect(await client.closed).toMatchObject({ code: 1000, clean: true });
  });

  test("the certificate is verified as by TCP", async () => {
    const { path } = await startUnix(true);
    await expect(connect("wss://localhost/", { socketPath: path })).rejects.toThrow(
      "self-signed certificate",
    );
    const options = { socketPath: path, tls: { ca: certificate.cert } };
    await expect(connect("wss://chat.example/", options)).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  test("that is not there", async () => {
    await expect(connect("ws://localhost/", { socketPath: socketPath() })).rejects.toMatchObject({
      code: "ENOENT",
    });
  });

  test.each([
    ["", "socketPath is empty"],
    ["a\0b", /EINVAL|ENOENT/],
  ])("a path that is none: %j", async (path, message) => {
    await expect(connect("ws://localhost/", { socketPath: path })).rejects.toThrow(message);
  });

  test.each(["http://127.0.0.1:3128", "environment"])("not together with the proxy %s", async (proxy) => {
    await expect(connect("ws://localhost/", { socketPath: socketPath(), proxy })).rejects.toThrow(TypeError);
  });

  test("a redirect stays on it, and never leads off it", async () => {
    const path = socketPath();
    const elsewhere = await startAnswering(ACCEPT);
    const http = createServer((request, answer) => {
      const location = request.url === "/far" ? elsewhere.url : "/far";
      answer.writeHead(302, { location }).end();
    });
    http.listen(path);
    await once(http, "listening");
    onTestFinished(() => void http.close());
    const error = await rejectionOf(connect("ws://localhost/near", { socketPath: path, maxRedirects: 5 }));
    expect(error).toMatchObject({ code: "invalid-redirect", status: 302 });
    expect(error.message).toBe(
      `ws://localhost/far redirects (302) to ${elsewhere.url}, which is not behind socketPath`,
    );
    expect(elsewhere.peers).toEqual([]);
  });
});

/** Answers every name with these addresses, and notes what was asked. */
function answering(asked: string[], ...addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address): LookupAddress => ({ address, family: 4 }));
  return (name, { all }, callback) => {
    asked.push(name);
    setImmediate(() => (all ? callback(null, found) : callback(null, addresses[0] ?? "", 4)));
  };
}

/** Refuses the addresses that a list has, as a guard of internal networks would. */
function refusing(refused: readonly string[]): LookupFunction {
  return (name, options, callback) => {
    dns.lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      if (found.some(({ address }) => refused.includes(address))) {
        return callback(new Error(`${name} is not allowed`), []);
      }
      callback(null, found);
    });
  };
}

const failing: LookupFunction = (_name, _options, callback) => callback(new Error("no such name"), []);

describe("lookup", () => {
  test("says where a name is", async () => {
    const asked: string[] = [];
    const server = await startAnswering(ACCEPT);
    const lookup = answering(asked, "127.0.0.1");
    await openClient(`ws://chat.example:${server.port}/`, {}, { lookup });
    expect(asked).toEqual(["chat.example"]);
    expect(server.heads[0]).toContain(`\r\nHost: chat.example:${server.port}\r\n`);
  });

  test("fails for a name", async () => {
    await expect(connect("ws://chat.example/", { lookup: failing })).rejects.toThrow("no such name");
  });

  test("several addresses where nobody listens: the error tells all of them", async () => {
    const port = await closedPort();
    const lookup = answering([], "127.0.0.1", "127.0.0.2");
    const error = await rejectionOf(connect(`ws://chat.example:${port}/`, { lookup }));
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    expect(error.message).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
  });

  test.each(["127.0.0.1", "0x7f.1", "2130706433"])(
    "refuses the address %s, however it is written",
    async (host) => {
      const server = await startAnswering(ACCEPT);
      const options = { lookup: refusing(["127.0.0.1"]) };
      await expect(connect(`ws://${host}:${server.port}/`, options)).rejects.toThrow(
        "127.0.0.1 is not allowed",
      );
      expect(server.peers).toEqual([]);
    },
  );

  test("refuses an address that a redirect leads to", async () => {
    const inner = await startAnswering(ACCEPT);
    const first = await startAnswering(() => redirect(inner.url));
    const guard = refusing(["127.0.0.1"]);
    let calls = 0;
    const lookup: LookupFunction = (name, options, callback) =>
      ++calls === 1 ? refusing([])(name, options, callback) : guard(name, options, callback);
    const error = await rejectionOf(connect(first.url, { lookup, maxRedirects: 1 }));
    expect(error).toMatchObject({ code: "redirect-failed", cause: { message: "127.0.0.1 is not allowed" } });
    expect(inner.peers).toEqual([]);
  });

  test("is asked about the proxy, not about the server behind it", async () => {
    const asked: string[] = [];
    const server = await startAnswering(ACCEPT);
    const { port } = await startProxy();
    const options = { proxy: `http://proxy.example:${port}`, lookup: answering(asked, "127.0.0.1") };
    await openClient(`ws://chat.example:${server.port}/`, {}, options);
    expect(asked).toEqual(["proxy.example"]);
  });
});

describe("user name and password of the URL", () => {
  test.each([
    ["user:secret", {}, "Basic dXNlcjpzZWNyZXQ="],
    ["user", {}, "Basic dXNlcjo="],
    [":secret", {}, "Basic OnNlY3JldA=="],
    ["%C3%A4:%3A%25", {}, "Basic w6Q6OiU="],
    ["user:secret", { AUTHORIZATION: "Bearer x" }, "Bearer x"],
  ])("%s with %j", async (credentials, headers, expected) => {
    const server = await startAnswering(ACCEPT);
    const given = new URL(server.url.replace("://", `://${credentials}@`));
    const before = given.href;
    const client = await connect(given, { headers });
    onTestFinished(() => client.terminate());
    expect(/^authorization: (.*)\r$/im.exec(server.heads[0] ?? "")?.[1]).toBe(expected);
    expect(client.url).toBe(server.url);
    expect(given.href).toBe(before);
  });

  test.each(["%", "%zz", "a:%ff"])("%s is no percent-encoding", async (credentials) => {
    const error = await rejectionOf(connect(`ws://${credentials}@127.0.0.1:1/`));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("%25");
  });
});
