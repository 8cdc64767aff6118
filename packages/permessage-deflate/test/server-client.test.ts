import { describe, expect, test } from "vitest";
import {
  ClientDeflate,
  type DeflateOptions,
  type Extension,
  ServerDeflate,
  type ServerDeflateOptions,
} from "../src/index.ts";
import { ENGINES } from "./support.ts";

const engine = ENGINES[0]![1];
const MIB = 1024 * 1024;

const offer = (...params: Extension["params"]): Extension => ({ name: "permessage-deflate", params });

describe("options", () => {
  const WRONG: readonly (readonly [Omit<DeflateOptions, "engine">, string])[] = [
    [{ threshold: -1 }, "threshold is -1; it has to be a number of octets, 0 or more"],
    [{ threshold: Number.NaN }, "threshold is NaN; it has to be a number of octets, 0 or more"],
    [{ level: 0 }, "level is 0; it has to be an integer from 1 to 9"],
    [{ level: 10 }, "level is 10; it has to be an integer from 1 to 9"],
    [{ level: 1.5 }, "level is 1.5; it has to be an integer from 1 to 9"],
    [{ serverMaxWindowBits: 8 }, "serverMaxWindowBits is 8; it has to be an integer from 9 to 15"],
    [{ clientMaxWindowBits: 16 }, "clientMaxWindowBits is 16; it has to be an integer from 9 to 15"],
  ];

  test.each(WRONG)("%j are refused by both roles", (options, message) => {
    expect(() => new ServerDeflate({ engine, ...options })).toThrow(new RangeError(message));
    expect(() => new ClientDeflate({ engine, ...options })).toThrow(new RangeError(message));
  });

  test.each([-1, Number.NaN])("maxContextMemory %s is refused", (maxContextMemory) => {
    expect(() => new ServerDeflate({ engine, maxContextMemory })).toThrow(
      new RangeError(`maxContextMemory is ${maxContextMemory}; it has to be a number of octets, 0 or more`),
    );
  });

  test("that are undefined are those that are left out", () => {
    const options = {
      engine,
      threshold: undefined,
      level: undefined,
      serverNoContextTakeover: undefined,
      clientNoContextTakeover: undefined,
      serverMaxWindowBits: undefined,
      clientMaxWindowBits: undefined,
      maxContextMemory: undefined,
    };
    const [given, left] = [new ServerDeflate(options), new ServerDeflate({ engine })].map(
      (server) => server.accept([offer()])!,
    );
    expect(given?.extension).toEqual(left?.extension);
    expect([255, 256].map((size) => given?.transform.suits(size))).toEqual([false, true]);
    expect(new ClientDeflate(options).offers).toEqual(new ClientDeflate({ engine }).offers);
  });
});

describe("by default", () => {
  test("a server keeps no context on either side", () => {
    const server = new ServerDeflate({ engine });
    const accepted = server.accept([offer(["client_max_window_bits", true])]);
    expect(accepted?.extension).toEqual(
      offer(["server_no_context_takeover", true], ["client_no_context_takeover", true]),
    );
    expect(server.contextMemory).toBe(0);
  });

  test("a client offers the same", () => {
    expect(new ClientDeflate({ engine }).offers).toEqual([
      offer(
        ["server_no_context_takeover", true],
        ["client_no_context_takeover", true],
        ["client_max_window_bits", true],
      ),
    ]);
  });
});

test("a server opens without compression when nothing that it can do is offered", () => {
  const server = new ServerDeflate({ engine, serverNoContextTakeover: false });
  expect(server.accept([])).toBeNull();
  expect(server.accept([{ name: "permessage-other", params: [] }])).toBeNull();
  expect(server.accept([offer(["server_max_window_bits", "8"])])).toBeNull();
  expect(server.contextMemory).toBe(0);
});

describe("a client fails the handshake", () => {
  const client = new ClientDeflate({ engine });
  test.each([
    ["of another extension", { name: "permessage-other", params: [] }],
    ["that leaves out what was offered", offer()],
    ["with what is not known", offer(["server_no_context_takeover", true], ["x", true])],
    [
      "with a window out of range",
      offer(["server_no_context_takeover", true], ["server_max_window_bits", "16"]),
    ],
  ])("at an answer %s", (_, answer) => {
    expect(client.agree(answer)).toBeNull();
  });

  test("and takes one that fits", () => {
    const transform = client.agree(
      offer(["server_no_context_takeover", true], ["client_max_window_bits", "12"]),
    );
    expect(transform?.parameters).toEqual({
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 12,
    });
  });
});

const KEPT = { serverNoContextTakeover: false, clientNoContextTakeover: false };

/** What one connection reserves. */
function reserved(options: Omit<ServerDeflateOptions, "engine">): number {
  const server = new ServerDeflate({ engine, ...options });
  server.accept([offer(["client_max_window_bits", true])]);
  return server.contextMemory;
}

describe("the memory of all contexts", () => {
  test("grows with what is kept, and with its windows", () => {
    const both = reserved(KEPT);
    const own = reserved({ serverNoContextTakeover: false });
    const peers = reserved({ clientNoContextTakeover: false });
    expect(own + peers).toBe(both);
    expect(peers).toBeLessThan(own);
    expect(both).toBeLessThan(320 * 1024);
    const sizes = [9, 10, 11, 12, 13, 14, 15].map((bits) =>
      reserved({ ...KEPT, serverMaxWindowBits: bits, clientMaxWindowBits: bits }),
    );
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBe(sizes.length);
  });

  test("is never above its limit: connections beyond it keep nothing, until others end", () => {
    const each = reserved(KEPT);
    const server = new ServerDeflate({ engine, ...KEPT, maxContextMemory: 2.5 * each });
    const accept = () => server.accept([offer(["client_max_window_bits", true])])!;
    const [first, second, third] = [accept(), accept(), accept()];
    expect(server.contextMemory).toBe(2 * each);
    for (const { extension, transform } of [first, second]) {
      expect(extension.params).toEqual([]);
      expect(transform.sharedForm).toBeNull();
    }
    expect(third.extension.params.map(([name]) => name)).toEqual([
      "server_no_context_takeover",
      "client_no_context_takeover",
    ]);
    expect(third.transform.sharedForm).not.toBeNull();

    third.transform.dispose();
    expect(server.contextMemory).toBe(2 * each);
    first.transform.dispose();
    first.transform.dispose();
    expect(server.contextMemory).toBe(each);
    expect(accept().transform.sharedForm).toBeNull();
    expect(accept().transform.sharedForm).not.toBeNull();
    second.transform.dispose();
    expect(server.contextMemory).toBe(each);
  });

  test.each([
    [0, 0],
    [Number.POSITIVE_INFINITY, 300],
    [undefined, Math.floor((64 * MIB) / reserved(KEPT))],
  ])("of %s octets lets so many of 300 connections keep theirs: %i", (maxContextMemory, keeping) => {
    const server = new ServerDeflate({ engine, ...KEPT, maxContextMemory });
    const accepted = Array.from({ length: 300 }, () => server.accept([offer()])!);
    expect(accepted.filter(({ transform }) => transform.sharedForm === null)).toHaveLength(keeping);
    for (const { transform } of accepted) transform.dispose();
    expect(server.contextMemory).toBe(0);
  });
});
