import { HandshakeError, HeaderFields } from "@plyws/handshake";
import { describe, expect, test } from "vitest";
import { type Hop, nextHop } from "../src/client/hop.ts";
import { ConnectError, type ConnectOptions, connect } from "../src/client.ts";
import { certificate } from "./support/certificate.ts";
import {
  ACCEPT,
  closedPort,
  redirect,
  rejectionOf,
  response,
  startAnswering,
} from "./support/client-servers.ts";
import { openClient } from "./support/endpoints.ts";

const tls = { ca: certificate.cert };

async function errorOf(url: string, options: ConnectOptions): Promise<ConnectError> {
  const error = await rejectionOf(connect(url, options));
  if (error instanceof ConnectError) return error;
  throw error;
}

const targetOf = (head: string): string => head.split(" ")[1] ?? "";

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])("%i is followed when the option says so", async (status) => {
    const server = await startAnswering(ACCEPT);
    const first = await startAnswering(() => redirect(`${server.url}path?query`, status));
    const client = await openClient(first.url, {}, { maxRedirects: 1 });
    expect(client.url).toBe(`${server.url}path?query`);
    expect(targetOf(server.heads[0] ?? "")).toBe("/path?query");
    expect(server.heads[0]).toContain(`\r\nHost: 127.0.0.1:${server.port}\r\n`);
    await first.peers[0]?.closed;
  });

  test.each([
    [302, {}],
    [302, { maxRedirects: 0 }],
    [300, { maxRedirects: 9 }],
    [304, { maxRedirects: 9 }],
    [305, { maxRedirects: 9 }],
    [306, { maxRedirects: 9 }],
    [201, { maxRedirects: 9 }],
    [401, { maxRedirects: 9 }],
  ])("%i with %j is an answer like any other", async (status, options) => {
    const elsewhere = await startAnswering(ACCEPT);
    const server = await startAnswering(() => redirect(elsewhere.url, status));
    const error = await rejectionOf(connect(server.url, options));
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ code: "unexpected-status", status });
    expect(error.message.includes("maxRedirects")).toBe(status >= 300 && status < 400);
    expect(elsewhere.peers).toEqual([]);
  });

  test("asks with a fresh key, and for the same subprotocols, with the same Origin", async () => {
    const server = await startAnswering((head) => (targetOf(head) === "/" ? redirect("/next") : null));
    await openClient(
      server.url,
      {},
      { maxRedirects: 1, subprotocols: ["a", "b"], origin: "http://o.example" },
    );
    const keys = server.heads.map((head) => /^Sec-WebSocket-Key: (.*)$/m.exec(head)?.[1]);
    expect(new Set(keys).size).toBe(2);
    for (const head of server.heads) {
      expect(head).toContain("\r\nSec-WebSocket-Protocol: a, b\r\n");
      expect(head).toContain("\r\nOrigin: http://o.example\r\n");
    }
  });

  test.each([
    ["/", "/"],
    ["/a/b?c", "/a/b?c"],
    ["x", "/old/x"],
    ["../x", "/x"],
    ["?x", "/old/path?x"],
    ["", "/old/path?query"],
    ["#x", "/old/path?query"],
    ["/x#fragment", "/x"],
    ["/ä b", "/%C3%A4%20b"],
    ["//127.0.0.1:PORT/x", "/x"],
    ["ws://127.0.0.1:PORT", "/"],
    ["http://127.0.0.1:PORT/x", "/x"],
    ["ws://user:secret@127.0.0.1:PORT/x", "/x"],
  ])("to %j asks for %s", async (location, target) => {
    const server = await startAnswering((head) =>
      targetOf(head) === "/old/path?query" && server.heads.length === 1
        ? redirect(location.replace("PORT", String(server.port)))
        : null,
    );
    const client = await openClient(`${server.url}old/path?query`, {}, { maxRedirects: 1 });
    expect(server.heads.map(targetOf)).toEqual(["/old/path?query", target]);
    expect(server.heads[1]).not.toMatch(/^authorization/im);
    expect(client.url.replace(/^http/, "ws")).toBe(`ws://127.0.0.1:${server.port}${target}`);
  });

  test.each([
    ["without a Location", response(302)],
    ["with two", response(302, "Location: /a", "Location: /b")],
    ["to another scheme", redirect("ftp://127.0.0.1/")],
    ["to a script", redirect("javascript:alert(1)")],
    ["to a file", redirect("file:///etc/passwd")],
    ["to no URL", redirect("ws://")],
    ["to a port that is none", redirect("ws://127.0.0.1:65536/")],
    ["to a host that is none", redirect("ws://a b/")],
    ["to a host that cannot stand in a head", redirect('ws://a,b"/')],
  ])("%s is an error", async (_, answer) => {
    const server = await startAnswering(() => answer);
    const error = await errorOf(`${server.url}path?secret`, { maxRedirects: 5 });
    expect(error).toMatchObject({ code: "invalid-redirect", status: 302 });
    expect(error.message).toBe(
      `${server.url}path redirects (302) without a Location that is the URL of a WebSocket`,
    );
    await server.peers[0]?.closed;
  });
});

/** Redirects "/n" to "/n-1" until "/0". */
function countdown(head: string): string | null {
  const left = Number(targetOf(head).slice(1));
  return left === 0 ? null : redirect(`/${left - 1}`);
}

describe("the number of redirects", () => {
  test.each([1, 2, 7])("%i are followed", async (count) => {
    const server = await startAnswering(countdown);
    const client = await openClient(`${server.url}${count}`, {}, { maxRedirects: count });
    expect(client.url).toBe(`${server.url}0`);
  });

  test.each([1, 2, 7])("one more than %i is an error that says where", async (count) => {
    const server = await startAnswering(countdown);
    const error = await errorOf(`${server.url}${count + 1}`, { maxRedirects: count });
    expect(error).toMatchObject({ code: "too-many-redirects", status: 302 });
    expect(error.headers.get("location")).toBe("/0");
    expect(error.message).toBe(`${server.url}1 redirects (302) once more than maxRedirects allows: ${count}`);
    expect(server.heads.length).toBe(count + 1);
    for (const peer of server.peers) await peer.closed;
  });

  test("a server that redirects to itself", async () => {
    const server = await startAnswering(() => redirect(""));
    expect(await errorOf(server.url, { maxRedirects: 20 })).toMatchObject({ code: "too-many-redirects" });
    expect(server.heads.length).toBe(21);
  });

  test.each([-1, 1.5, Number.NaN, Infinity])("%d is no number of redirects", async (maxRedirects) => {
    await expect(connect("ws://127.0.0.1:1/", { maxRedirects })).rejects.toThrow(RangeError);
  });
});

describe("from TLS", () => {
  test.each(["ws", "http"])("to a %s: URL is never followed, even on the same host", async (scheme) => {
    const plain = await startAnswering(ACCEPT);
    const location = `${scheme}://127.0.0.1:${plain.port}/path?secret`;
    const server = await startAnswering(() => redirect(location), {});
    const error = await errorOf(server.url, { maxRedirects: 5, tls });
    expect(error).toMatchObject({ code: "insecure-redirect", status: 302 });
    expect(error.message).toBe(
      `${server.url} redirects (302) to ${location.slice(0, -7)}, which has no TLS: that is not followed`,
    );
    expect(plain.peers).toEqual([]);
  });

  test("not after a detour either", async () => {
    const plain = await startAnswering(ACCEPT);
    const second = await startAnswering(() => redirect(plain.url), {});
    const first = await startAnswering(() => redirect(second.url));
    expect(await errorOf(first.url, { maxRedirects: 5, tls })).toMatchObject({ code: "insecure-redirect" });
    expect(plain.peers).toEqual([]);
  });

  test.each(["wss", "https"])("to %s: is followed, and so is from ws: to it", async (scheme) => {
    const third = await startAnswering(ACCEPT, {});
    const second = await startAnswering(() => redirect(`${scheme}://localhost:${third.port}/`), {});
    const first = await startAnswering(() => redirect(`${scheme}://localhost:${second.port}/`));
    const client = await openClient(first.url, {}, { maxRedirects: 2, tls });
    expect(client.url).toBe(`wss://localhost:${third.port}/`);
  });

  test("the next server is verified like the first", async () => {
    const server = await startAnswering(ACCEPT, {});
    const first = await startAnswering(() => redirect(server.url));
    const error = await errorOf(first.url, { maxRedirects: 1 });
    expect(error).toMatchObject({ code: "redirect-failed", cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
    expect(error.message).toContain(
      `A redirect leads to ${server.url}, which cannot be reached: self-signed certificate`,
    );
    expect(server.heads).toEqual([]);
  });
});

test("a redirect to a port where nobody listens", async () => {
  const port = await closedPort();
  const first = await startAnswering(() => redirect(`ws://127.0.0.1:${port}/path?secret`));
  const error = await errorOf(first.url, { maxRedirects: 1 });
  expect(error).toMatchObject({ code: "redirect-failed", cause: { code: "ECONNREFUSED" } });
  expect(error.message).toContain(
    `A redirect leads to ws://127.0.0.1:${port}/path, which cannot be reached: `,
  );
});

test("a refusal behind a redirect names its server", async () => {
  const second = await startAnswering(() => response(403, "Content-Length: 0"));
  const first = await startAnswering(() => redirect(second.url));
  const error = await rejectionOf(connect(first.url, { maxRedirects: 1 }));
  expect(error).toMatchObject({ code: "unexpected-status", status: 403 });
  expect(error.message).toMatch(new RegExp(`^${second.url} did not accept a WebSocket: it answered 403: `));
});

const SECRETS = { Authorization: "Bearer 1", cookie: "session=2", "PROXY-authorization": "Basic 3" };
const OTHERS = { "x-key": "4", "user-agent": "5" };
const namesIn = (head: string): string[] =>
  [...Object.keys(SECRETS), ...Object.keys(OTHERS)].filter((name) =>
    head.toLowerCase().includes(`\r\n${name.toLowerCase()}: `),
  );

describe("credentials", () => {
  const headers = { ...SECRETS, ...OTHERS };

  test("stay with the origin", async () => {
    const server = await startAnswering((head) => (targetOf(head) === "/" ? redirect("/next") : null));
    await openClient(server.url, {}, { maxRedirects: 1, headers });
    expect(server.heads.map(namesIn)).toEqual([Object.keys(headers), Object.keys(headers)]);
  });

  test("are not sent to another origin, nor to the first one from there", async () => {
    const second = await startAnswering(() => redirect(`${first.url}next`));
    const first = await startAnswering((head) => (targetOf(head) === "/" ? redirect(second.url) : null));
    await openClient(first.url, {}, { maxRedirects: 2, headers });
    const [others, all] = [Object.keys(OTHERS), Object.keys(headers)];
    expect([...first.heads, ...second.heads].map(namesIn)).toEqual([all, others, others]);
  });

  test("of the URL are an Authorization for its origin alone", async () => {
    const second = await startAnswering(ACCEPT);
    const first = await startAnswering((head) => redirect(targetOf(head) === "/" ? "next" : second.url));
    const url = first.url.replace("://", "://user:p%40ss@");
    const client = await openClient(url, {}, { maxRedirects: 2 });
    const line = `\r\nAuthorization: Basic ${Buffer.from("user:p@ss").toString("base64")}\r\n`;
    expect([...first.heads, ...second.heads].map((head) => head.includes(line))).toEqual([true, true, false]);
    expect(client.url).toBe(second.url);
  });

  test("of the TLS client are not shown to another origin", async () => {
    const shown: boolean[] = [];
    const note = (_: string, { socket }: { socket: object }): void => {
      if ("getPeerX509Certificate" in socket && typeof socket.getPeerX509Certificate === "function") {
        shown.push(socket.getPeerX509Certificate() !== undefined);
      }
    };
    const asking = { requestCert: true, rejectUnauthorized: false };
    const third = await startAnswering((head, peer) => (note(head, peer), null), asking);
    const second = await startAnswering((head, peer) => (note(head, peer), redirect(third.url)), asking);
    await openClient(second.url, {}, { maxRedirects: 1, tls: { ...tls, ...certificate } });
    expect(shown).toEqual([true, false]);
  });
});

describe("what a hop shows to the next server", () => {
  const HOP: Omit<Hop, "url"> = {
    headers: HeaderFields.from(Object.entries({ ...SECRETS, ...OTHERS })),
    tls: { ca: "ca", cert: "cert", key: "key", passphrase: "x", pfx: "pfx", servername: "a", ciphers: "c" },
  };
  const ALL = Object.keys({ ...SECRETS, ...OTHERS });
  const FEW = Object.keys(OTHERS);

  test.each<[from: string, to: string, shown: readonly string[]]>([
    ["ws://a.example/", "ws://a.example/x", ALL],
    ["ws://a.example/", "http://a.example/", ALL],
    ["ws://a.example/", "ws://A.EXAMPLE:80/", ALL],
    ["wss://a.example/", "https://a.example:443/x", ALL],
    ["ws://[::1]/", "ws://[0::1]:80/", ALL],
    ["ws://a.example/", "ws://a.example:8080/", FEW],
    ["ws://a.example:8080/", "ws://a.example/", FEW],
    ["ws://a.example/", "wss://a.example/", FEW],
    ["ws://a.example:443/", "wss://a.example:443/", FEW],
    ["ws://a.example/", "ws://b.example/", FEW],
    ["ws://a.example/", "ws://b.a.example/", FEW],
    ["ws://b.a.example/", "ws://a.example/", FEW],
    ["ws://a.example/", "ws://a.example./", FEW],
    ["ws://a.example/", "//b.example/", FEW],
    ["ws://a.example/", "ws://a.example@b.example/", FEW],
    ["ws://a.example/", "ws:\\\\b.example\\", FEW],
  ])("from %s to %s", (from, to, shown) => {
    const answer = new HandshakeError("unexpected-status", { status: 307, headers: [["Location", to]] });
    const next = nextHop({ ...HOP, url: new URL(from) }, answer);
    expect(Array.from(next.headers, ([name]) => name)).toEqual(shown);
    expect(next.tls).toEqual(shown === ALL ? HOP.tls : { ca: "ca", ciphers: "c" });
    expect(next.url.username + next.url.password).toBe("");
  });
});
