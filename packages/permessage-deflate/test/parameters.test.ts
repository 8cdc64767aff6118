import { describe, expect, it } from "vitest";
import { parseOffer, parseResponse } from "../src/index.ts";
import { readParams } from "./header.ts";

const NOTHING = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: null,
  clientMaxWindowBits: null,
};

describe.each([
  ["parseOffer", parseOffer],
  ["parseResponse", parseResponse],
])("%s", (_, parse) => {
  it("reads none at all", () => {
    expect(parse([])).toEqual(NOTHING);
  });

  it.each([
    ["server_no_context_takeover", { serverNoContextTakeover: true }],
    ["client_no_context_takeover", { clientNoContextTakeover: true }],
    ["server_max_window_bits=8", { serverMaxWindowBits: 8 }],
    ["server_max_window_bits=9", { serverMaxWindowBits: 9 }],
    ["server_max_window_bits=15", { serverMaxWindowBits: 15 }],
    ["client_max_window_bits=8", { clientMaxWindowBits: 8 }],
    ["client_max_window_bits=10", { clientMaxWindowBits: 10 }],
    ["client_max_window_bits=15", { clientMaxWindowBits: 15 }],
    // RFC 6455 section 9.1: a quoted value is the token within.
    ['server_max_window_bits="10"', { serverMaxWindowBits: 10 }],
    ['client_max_window_bits="1\\2"', { clientMaxWindowBits: 12 }],
    [
      "client_max_window_bits=9; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover",
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 10,
        clientMaxWindowBits: 9,
      },
    ],
  ])("reads %s", (parameters, expected) => {
    expect(parse(readParams(parameters))).toEqual({ ...NOTHING, ...expected });
  });

  it.each([
    // Unknown names: case counts, and so does every character.
    "window_bits",
    "window_bits=10",
    "server_max_window_bit=10",
    "Server_No_Context_Takeover",
    "SERVER_MAX_WINDOW_BITS=10",
    "mode=server",
    "server_no_context_takeover; x",
    "__proto__",
    "constructor",
    "toString=10",
    // The same name twice, with equal values or not.
    "server_no_context_takeover; server_no_context_takeover",
    "client_no_context_takeover; client_no_context_takeover",
    "server_max_window_bits=10; server_max_window_bits=10",
    "server_max_window_bits=10; server_max_window_bits=11",
    "client_max_window_bits=10; client_max_window_bits=10",
    "client_max_window_bits; client_max_window_bits=10",
    "client_max_window_bits=10; client_max_window_bits",
    "client_max_window_bits; client_max_window_bits",
    "server_max_window_bits=10; client_max_window_bits=10; server_max_window_bits=10",
    // A value where none belongs, none where one does.
    "server_no_context_takeover=1",
    "server_no_context_takeover=true",
    "client_no_context_takeover=0",
    'client_no_context_takeover="true"',
    "server_max_window_bits",
    // Out of 8 to 15.
    "server_max_window_bits=0",
    "server_max_window_bits=7",
    "server_max_window_bits=16",
    "server_max_window_bits=100",
    "server_max_window_bits=115",
    "client_max_window_bits=7",
    "client_max_window_bits=16",
    // Not in decimal, or with a leading zero.
    "server_max_window_bits=08",
    "server_max_window_bits=015",
    "client_max_window_bits=09",
    "client_max_window_bits=010",
    'client_max_window_bits="09"',
    "server_max_window_bits=+9",
    "server_max_window_bits=-9",
    "server_max_window_bits=9.0",
    "server_max_window_bits=1e1",
    "server_max_window_bits=0xa",
    "client_max_window_bits=a",
    "client_max_window_bits=true",
    "client_max_window_bits=8a",
  ])("refuses %s", (parameters) => {
    expect(parse(readParams(parameters))).toBeNull();
  });

  // What no header can bring, but another caller might.
  it.each(["", " ", " 9", "9 ", "9\n", "\n9", "٩", "９", "9\0"])("refuses the value %j", (value) => {
    expect(parse([["server_max_window_bits", value]])).toBeNull();
    expect(parse([["client_max_window_bits", value]])).toBeNull();
    expect(parse([["server_no_context_takeover", value]])).toBeNull();
  });
});

describe("client_max_window_bits without a value", () => {
  it("is for offers only", () => {
    const params = readParams("client_max_window_bits");
    expect(parseOffer(params)).toEqual({ ...NOTHING, clientMaxWindowBits: true });
    expect(parseResponse(params)).toBeNull();
  });
});
