import { HeaderFields } from "@plyws/handshake";
import type { ConnectionRequest } from "@plyws/node";
import { expect, test } from "vitest";
import { environmentOf } from "../src/listen/environment.ts";

function environment(
  url: string,
  headers: readonly (readonly [string, string])[],
  own: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const request: ConnectionRequest = {
    method: "GET",
    url,
    headers: HeaderFields.from(headers),
    origin: "http://page.test",
    subprotocols: ["chat"],
    remoteAddress: "192.0.2.7",
    secure: false,
    signal: new AbortController().signal,
    message: null,
  };
  return environmentOf({ data: { id: 3, request }, subprotocol: "chat" }, own);
}

test("is that of CGI", () => {
  expect(
    environment("/a%20b/c?x=1&y=%20?", [
      ["Host", "example.com:8080"],
      ["X-Two-Words", "a b"],
    ]),
  ).toEqual({
    GATEWAY_INTERFACE: "CGI/1.1",
    SERVER_SOFTWARE: "plyws",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_NAME: "example.com",
    SERVER_PORT: "8080",
    REQUEST_METHOD: "GET",
    REQUEST_URI: "/a%20b/c?x=1&y=%20?",
    SCRIPT_NAME: "",
    PATH_INFO: "/a b/c",
    QUERY_STRING: "x=1&y=%20?",
    REMOTE_ADDR: "192.0.2.7",
    REMOTE_HOST: "192.0.2.7",
    REMOTE_PORT: "",
    ORIGIN: "http://page.test",
    SUBPROTOCOL: "chat",
    UNIQUE_ID: `${process.pid}-3`,
    HTTP_HOST: "example.com:8080",
    HTTP_X_TWO_WORDS: "a b",
  });
});

test.each([
  ["a header that would name a proxy", "Proxy", "HTTP_PROXY"],
  ["a header that would pass for another", "X_Real_IP", "HTTP_X_REAL_IP"],
  ["a header with other characters", "x!y", "HTTP_X!Y"],
])("leaves out %s", (_, name, variable) => {
  expect(environment("/", [[name, "evil"]])).not.toHaveProperty([variable]);
});

test.each([
  ["a path that cannot be decoded", "/%zz", "/%zz"],
  ["NUL, which no variable can hold", "/%00", "/%00"],
])("keeps %s as it is", (_, url, path) => {
  expect(environment(url, [])["PATH_INFO"]).toBe(path);
});

test("has what this process has, but nothing that looks as if a client had sent it", () => {
  const own = { PATH: "/bin", HTTP_AUTHORIZATION: "ours", REMOTE_ADDR: "ours" };
  const env = environment(
    "/",
    [
      ["Cookie", "a"],
      ["Cookie", "b"],
    ],
    own,
  );
  expect(env).toMatchObject({ PATH: "/bin", REMOTE_ADDR: "192.0.2.7", HTTP_COOKIE: "a, b" });
  expect(env).not.toHaveProperty("HTTP_AUTHORIZATION");
});

test.each([
  ["example.com", "example.com", "80"],
  ["[::1]:9001", "[::1]", "9001"],
  ["[::1]", "[::1]", "80"],
])("takes name and port of %s", (host, name, port) => {
  expect(environment("/", [["Host", host]])).toMatchObject({ SERVER_NAME: name, SERVER_PORT: port });
});
