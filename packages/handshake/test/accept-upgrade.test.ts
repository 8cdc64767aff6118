import { describe, expect, it } from "vitest";
import { acceptUpgrade } from "../src/index.ts";
import { ACCEPT, offerOf } from "./support.ts";

describe("acceptUpgrade", () => {
  const offer = offerOf({ "Sec-WebSocket-Protocol": "a, b", "Sec-WebSocket-Extensions": "x; n=1, x, y" });
  const OPENING = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", ACCEPT],
  ];

  it("gives the response of RFC 6455 section 4.2.2", () => {
    expect(acceptUpgrade(offer)).toEqual({
      status: 101,
      reason: "Switching Protocols",
      headers: OPENING,
      subprotocol: "",
      extensions: [],
    });
  });

  it("names the subprotocol, the extensions and further headers", () => {
    const extensions = [{ name: "x", params: [["n", "1"] as const] }];
    const headers = [["Set-Cookie", "a=1"] as const, ["Set-Cookie", "b=2"] as const];
    expect(acceptUpgrade(offer, { subprotocol: "b", extensions, headers })).toMatchObject({
      headers: [
        ...OPENING,
        ["Sec-WebSocket-Protocol", "b"],
        ["Sec-WebSocket-Extensions", "x; n=1"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
      ],
      subprotocol: "b",
      extensions,
    });
  });

  it("uses the digest that is given", () => {
    const { headers } = acceptUpgrade(offer, {}, { digest: () => new Uint8Array(20) });
    expect(headers[2]).toEqual(["Sec-WebSocket-Accept", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="]);
  });

  it.each([
    ["a subprotocol that was not offered", { subprotocol: "c" }],
    ["a list of subprotocols", { subprotocol: "a, b" }],
    ["a subprotocol in other letter case", { subprotocol: "A" }],
    ["an extension that was not offered", { extensions: [{ name: "z", params: [] }] }],
    [
      "an extension twice",
      {
        extensions: [
          { name: "x", params: [] },
          { name: "x", params: [] },
        ],
      },
    ],
    ["a parameter that is no token", { extensions: [{ name: "x", params: [["a b", true] as const] }] }],
    ["a parameter value that is no token", { extensions: [{ name: "x", params: [["a", "\r\n"] as const] }] }],
  ])("throws for %s", (_name, choice) => {
    expect(() => acceptUpgrade(offer, choice)).toThrow(TypeError);
  });

  it.each([
    "Connection",
    "UPGRADE",
    "sec-websocket-accept",
    "Sec-WebSocket-Anything",
    "Content-Length",
    "transfer-encoding",
  ])("throws for the header %s", (name) => {
    expect(() => acceptUpgrade(offer, { headers: [[name, "x"]] })).toThrow(TypeError);
  });
});
