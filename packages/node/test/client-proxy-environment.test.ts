import { describe, expect, test } from "vitest";
import { proxyOfEnvironment } from "../src/client/proxy-environment.ts";

const P = "http://p.example:3128";
const Q = "http://q.example:3128";

describe("the variable that names the proxy", () => {
  test.each<[url: string, environment: Record<string, string>, variable: string | null]>([
    ["wss://a.example/", {}, null],
    ["ws://a.example/", {}, null],
    ["wss://a.example/", { https_proxy: P }, "https_proxy"],
    ["https://a.example/", { https_proxy: P }, "https_proxy"],
    ["wss://a.example/", { HTTPS_PROXY: P }, "HTTPS_PROXY"],
    ["wss://a.example/", { http_proxy: P }, null],
    ["ws://a.example/", { http_proxy: P }, "http_proxy"],
    ["http://a.example/", { http_proxy: P }, "http_proxy"],
    ["ws://a.example/", { HTTP_PROXY: P }, "HTTP_PROXY"],
    ["ws://a.example/", { https_proxy: P }, null],
    ["ws://a.example/", { all_proxy: P }, "all_proxy"],
    ["wss://a.example/", { ALL_PROXY: P }, "ALL_PROXY"],
    ["wss://a.example/", { ws_proxy: P }, null],
    ["wss://a.example/", { wss_proxy: P, https_proxy: Q, all_proxy: Q }, "wss_proxy"],
    ["ws://a.example/", { WS_PROXY: P, http_proxy: Q }, "WS_PROXY"],
    ["wss://a.example/", { https_proxy: P, HTTPS_PROXY: Q }, "https_proxy"],
    ["wss://a.example/", { HTTPS_PROXY: P, all_proxy: Q }, "HTTPS_PROXY"],
    ["wss://a.example/", { https_proxy: "", all_proxy: P }, null],
    ["wss://a.example/", { https_proxy: "", HTTPS_PROXY: P }, null],
    ["wss://a.example/", { https_proxy: "  " }, null],
    ["ws://a.example/", { HTTP_PROXY: P, REQUEST_METHOD: "GET" }, null],
    ["ws://a.example/", { HTTP_PROXY: P, REQUEST_METHOD: "GET", all_proxy: Q }, "all_proxy"],
    ["ws://a.example/", { http_proxy: P, REQUEST_METHOD: "GET" }, "http_proxy"],
    ["wss://a.example/", { HTTPS_PROXY: P, REQUEST_METHOD: "GET" }, "HTTPS_PROXY"],
    ["wss://a.example/", { https_proxy: P, no_proxy: "b.example" }, "https_proxy"],
    ["wss://a.example/", { https_proxy: P, no_proxy: "a.example" }, null],
    ["wss://a.example/", { https_proxy: P, NO_PROXY: "a.example" }, null],
    ["wss://a.example/", { https_proxy: P, no_proxy: "", NO_PROXY: "a.example" }, "https_proxy"],
  ])("%s with %j: %s", (url, environment, variable) => {
    expect(proxyOfEnvironment(new URL(url), environment)?.variable ?? null).toBe(variable);
  });

  test("its value is without the space around it", () => {
    expect(proxyOfEnvironment(new URL("wss://a/"), { https_proxy: ` ${P}\n` })?.value).toBe(P);
  });
});

describe("no_proxy", () => {
  test.each<[list: string, url: string, listed: boolean]>([
    ["*", "ws://anything/", true],
    ["a.example,*", "ws://b.example/", true],
    ["a.example", "ws://a.example/", true],
    ["a.example", "ws://a.example:8080/", true],
    ["A.Example", "ws://a.eXAMPLE/", true],
    ["a.example", "ws://a.example./", true],
    ["a.example", "ws://b.a.example/", true],
    ["a.example", "ws://ba.example/", false],
    ["a.example", "ws://a.example.net/", false],
    ["example", "ws://a.example/", true],
    [".a.example", "ws://b.a.example/", true],
    [".a.example", "ws://a.example/", true],
    [".a.example", "ws://ba.example/", false],
    ["*.a.example", "ws://c.b.a.example/", true],
    ["*.a.example", "ws://ba.example/", false],
    ["a*.example", "ws://ab.example/", false],
    ["x, a.example ,y", "ws://a.example/", true],
    ["x a.example\ty", "ws://a.example/", true],
    ["a.example:8080", "ws://a.example:8080/", true],
    ["a.example:8080", "ws://a.example:8081/", false],
    ["a.example:8080", "ws://b.a.example:8080/", true],
    ["a.example:80", "ws://a.example/", true],
    ["a.example:443", "wss://a.example/", true],
    ["a.example:443", "ws://a.example/", false],
    ["a.example:", "ws://a.example/", false],
    ["a.example:http", "ws://a.example/", false],
    ["127.0.0.1", "ws://127.0.0.1/", true],
    ["127.0.0.1:9", "ws://127.0.0.1:9/", true],
    ["127.0.0.1:9", "ws://127.0.0.1/", false],
    ["127.0.0.1", "ws://0177.1/", true],
    ["0.0.1", "ws://127.0.0.1/", false],
    [".0.0.1", "ws://127.0.0.1/", false],
    ["::1", "ws://[::1]/", true],
    ["[::1]", "ws://[::1]/", true],
    ["[::1]", "ws://[0:0::1]:9/", true],
    ["[::1]:9", "ws://[::1]:9/", true],
    ["[::1]:9", "ws://[::1]/", false],
    ["1", "ws://[::1]/", false],
    ["localhost", "ws://localhost/", true],
    ["localhost", "ws://127.0.0.1/", false],
    ["", "ws://a.example/", false],
    [",, ,", "ws://a.example/", false],
    [".", "ws://a.example/", false],
    ["*.", "ws://a.example/", false],
    [":80", "ws://a.example/", false],
    ["[]", "ws://a.example/", false],
  ])("%s and %s: %s", (list, url, listed) => {
    const environment = { all_proxy: P, no_proxy: list };
    expect(proxyOfEnvironment(new URL(url), environment) === null).toBe(listed);
  });
});
