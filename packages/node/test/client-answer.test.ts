import { HandshakeError } from "@plyws/handshake";
import { describe, expect, test } from "vitest";
import { connect, ResponseError } from "../src/client.ts";
import { refuse } from "../src/index.ts";
import { rejectionOf, response, startAnswering } from "./support/client-servers.ts";
import { ECHO, startServer } from "./support/endpoints.ts";
import { startHttp } from "./support/http.ts";
import { acceptingHead } from "./support/raw-peer.ts";

async function errorOf(url: string, handshakeTimeout?: number): Promise<ResponseError> {
  const error = await rejectionOf(connect(url, { handshakeTimeout }));
  if (error instanceof ResponseError) return error;
  throw error;
}

/** The body of the error for an answer with these header lines and this body. */
async function bodyOf(lines: readonly string[], body: string, end = true): Promise<string> {
  const server = await startAnswering((_, peer) => {
    peer.socket.write(response(403, ...lines) + body, "latin1");
    if (end) peer.socket.end();
    return undefined;
  });
  const error = await errorOf(server.url, 150);
  expect(error.status).toBe(403);
  await server.peers[0]?.closed;
  return error.body;
}

test("a refusal of our server: status, header fields and body", async () => {
  const server = await startServer(ECHO, {
    accept: () => refuse(401, { headers: { "www-authenticate": "Bearer" }, body: "A token, please.\n" }),
  });
  const error = await errorOf(`${server.url}path?secret`);
  expect(error).toBeInstanceOf(HandshakeError);
  expect(error).toMatchObject({ code: "unexpected-status", status: 401, body: "A token, please.\n" });
  expect(error.headers.get("www-authenticate")).toBe("Bearer");
  const message =
    `${server.url}path did not accept a WebSocket: it answered 401: ` +
    "the status of the response is not 101 (RFC 6455 section 4.1). " +
    "The option headers takes an Authorization, the URL a user name and password";
  expect(error.message).toBe(message);
  expect(error.stack?.split("\n")[0]).toBe(`ResponseError: ${message}`);
});

test("the page of an HTTP server", async () => {
  const { url } = await startHttp((_request, answer) => answer.writeHead(500).end("<h1>Oh no</h1>"));
  expect(await errorOf(url)).toMatchObject({ status: 500, body: "<h1>Oh no</h1>" });
});

test("an answer that is no HTTP", async () => {
  const server = await startAnswering(() => "220 mail.example ESMTP\r\n\r\n");
  const error = await errorOf(server.url);
  expect(error).toMatchObject({ code: "malformed-head", status: 0, body: "" });
  expect(error.message).toMatch(/^ws:.* did not accept a WebSocket: the head is not a well-formed HTTP/);
});

test("a 101 that is not the acceptance", async () => {
  const server = await startAnswering(
    (head) => `${acceptingHead(head).replace(/Accept: ./, "Accept: ")}body`,
  );
  expect(await errorOf(server.url)).toMatchObject({ code: "invalid-accept", status: 101, body: "" });
});

const x = (size: number): string => "x".repeat(size);

describe("the beginning of the body", () => {
  const CHUNKED = ["Transfer-Encoding: Chunked"];

  test.each<[what: string, lines: string[], body: string, read: string]>([
    ["as long as announced", ["Content-Length: 3"], "abc", "abc"],
    ["longer than announced", ["Content-Length: 3"], "abcdef", "abc"],
    ["shorter than announced", ["Content-Length: 9"], "abc", "abc"],
    ["empty", ["Content-Length: 0"], "", ""],
    ["not there", ["Content-Length: 5"], "", ""],
    ["without a length", [], "abc", ""],
    ["in pieces", CHUNKED, "3\r\nabc\r\nA;x=y\r\ndefghijklm\r\n0\r\n\r\nHTTP", "abcdefghijklm"],
    ["in pieces that go on", CHUNKED, "00003 \r\nabc\r\n3\r\nde", "abcde"],
    ["in pieces, cut in a size", CHUNKED, "3\r\nabc\r\n3", "abc"],
    ["in no pieces", CHUNKED, "0\r\n\r\n", ""],
    ["in malformed pieces", CHUNKED, "3\r\nabc\r\n-3\r\ndef", "abc"],
    ["in a huge piece", CHUNKED, `ffffffff\r\n${x(100_000)}`, x(4096)],
    ["in a piece with an endless size", CHUNKED, "0".repeat(100_000), ""],
    ["in pieces of one octet", CHUNKED, "1\r\nx\r\n".repeat(10_000), x(1365)],
    ["in pieces, with a length", [...CHUNKED, "Content-Length: 99"], "3\r\nabc\r\n0\r\n\r\n", "abc"],
    ["compressed", ["Transfer-Encoding: gzip, chunked"], "3\r\nabc\r\n0\r\n\r\n", ""],
    ["with two lengths", ["Content-Length: 3", "Content-Length: 3"], "abc", ""],
    ["with a length that is none", ["Content-Length: 0x3"], "abc", ""],
    ["with a negative length", ["Content-Length: -3"], "abc", ""],
    ["of 4096 octets", ["Content-Length: 4096"], x(4096), x(4096)],
    ["of 4097 octets", ["Content-Length: 4097"], x(4097), x(4096)],
    ["huge", ["Content-Length: 999999999999999"], x(1_000_000), x(4096)],
    ["in UTF-8", ["Content-Length: 4"], "a\xc3\xa4!", "aä!"],
    ["cut in a character", ["Content-Length: 2"], "a\xc3\xa4!", "a"],
    ["not UTF-8", ["Content-Length: 2"], "a\xff", "a\ufffd"],
  ])("%s", async (_, lines, body, read) => {
    expect(await bodyOf(lines, body)).toBe(read);
  });

  test("is what there is when the time is over", async () => {
    expect(await bodyOf(["Content-Length: 9"], "abc", false)).toBe("abc");
  });

  test("is what there is when the stream is reset", async () => {
    const server = await startAnswering((_, peer) => {
      peer.write(response(403, "Content-Length: 9"), "abc");
      setTimeout(() => peer.reset(), 50);
      return undefined;
    });
    expect(await errorOf(server.url)).toMatchObject({ status: 403, body: "abc" });
  });

  test("comes in octets", async () => {
    const server = await startAnswering((_, peer) => {
      void (async () => {
        for (const octet of `${response(403, "Content-Length: 3")}abcdef`) {
          peer.write(octet);
          await new Promise(setImmediate);
        }
      })();
      return undefined;
    });
    expect(await errorOf(server.url)).toMatchObject({ status: 403, body: "abc" });
  });

  test("is not waited for when the signal is aborted", async () => {
    const server = await startAnswering(() => `${response(403, "Content-Length: 9")}abc`);
    const controller = new AbortController();
    const reason = new Error("not any more");
    const outcome = connect(server.url, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 60);
    await expect(outcome).rejects.toBe(reason);
    await server.peers[0]?.closed;
  });
});
