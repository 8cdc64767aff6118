import { describe, expect, test } from "vitest";
import { connect, listen } from "../src/index.ts";
import { DROP, ECHO, openClient, startServer } from "./support/endpoints.ts";

/** What people write who do not read the types. */
// oxlint-disable-next-line typescript/no-explicit-any -- that is what JavaScript is
const wrong = (value: unknown): any => value;

const URL = "ws://127.0.0.1:1/";

describe("a mistake is named, with what to do instead", () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ["connect without a scheme", () => connect("127.0.0.1:1"), "takes a URL such as"],
    ["connect to a name and a port", () => connect("localhost:1"), "this one begins with localhost:"],
    ["connect to another scheme", () => connect("ftp://localhost/"), "this one begins with ftp:"],
    ["connect without a URL", () => connect(wrong(undefined)), "takes a URL such as"],
    [
      "subprotocols of a client as a string",
      () => connect(URL, { subprotocols: wrong("chat") }),
      'subprotocols is a list: ["chat"], not "chat"',
    ],
    [
      "subprotocols of a server as a string",
      () => listen({ subprotocols: wrong("chat") }, ECHO),
      'subprotocols is a list: ["chat"], not "chat"',
    ],
    [
      "an origin as a string",
      () => listen({ origin: wrong("https://a.example") }, ECHO),
      'origin is "any", a function, or a list: ["https://a.example"], not "https://a.example"',
    ],
    [
      "an origin that is a URL",
      () => listen({ origin: ["https://a.example:8080/"] }, ECHO),
      'it ends with the host or the port, as in "https://a.example:8080"',
    ],
    ["an origin that is none", () => listen({ origin: ["a.example"] }, ECHO), 'one is "https://example.com"'],
    ["listen without anything", () => listen(wrong(undefined), wrong(undefined)), "listen({ port: 9001 }, {"],
    ["listen without events", () => listen({}, wrong(undefined)), "options and events"],
  ])("%s", async (_, mistake, words) => {
    const error = await new Promise<unknown>((resolve) => {
      // Some are thrown at the call.
      void Promise.resolve().then(mistake).then(resolve, resolve);
    });
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(words);
  });

  test.each<[string, unknown, string]>([
    ["a text", "text", "not a string. send takes a whole message"],
    ["octets", new Uint8Array(3), "not octets. send takes a whole message"],
    ["nothing", undefined, "not undefined"],
    ["null", null, "not null"],
  ])("sendStream with %s throws, and the connection stays", async (_, source, words) => {
    const server = await startServer(DROP);
    const client = await openClient(server.url);
    expect(() => client.sendStream(wrong(source))).toThrow(words);
    expect(client.state).toBe("open");
  });
});

test("the url of a client that was given one by http: is that of a WebSocket", async () => {
  const server = await startServer(DROP);
  const client = await openClient(server.url.replace("ws:", "http:"));
  expect(client.url).toBe(server.url);
});
