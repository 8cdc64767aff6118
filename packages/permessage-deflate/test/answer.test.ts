import { describe, expect, it } from "vitest";
import { answerOffers, type DeflateParameters, type DeflatePolicy } from "../src/index.ts";
import { read, write } from "./header.ts";

type Row = readonly [offers: string, policy: Omit<DeflatePolicy, "minWindowBits">, answer: string | null];

const PMD = "permessage-deflate";
const FORGET = { serverNoContextTakeover: true, clientNoContextTakeover: true };
const FULL = { mayKeepContexts: false };
const SMALL = { serverMaxWindowBits: 10, clientMaxWindowBits: 10 };

function answer(offers: string, policy: Partial<DeflatePolicy> = {}): string | null {
  const answered = answerOffers(read(offers), { minWindowBits: 9, ...policy });
  return answered && write(answered.extension);
}

function agreed(offers: string, policy: Partial<DeflatePolicy> = {}): DeflateParameters | undefined {
  return answerOffers(read(offers), { minWindowBits: 9, ...policy })?.parameters;
}

describe("answerOffers", () => {
  describe.each<[string, readonly Row[]]>([
    [
      "without wishes",
      [
        [PMD, {}, PMD],
        [`${PMD}; client_max_window_bits`, {}, PMD],
        [`${PMD}; server_no_context_takeover`, {}, `${PMD}; server_no_context_takeover`],
        [`${PMD}; client_no_context_takeover`, {}, `${PMD}; client_no_context_takeover`],
        [`${PMD}; server_max_window_bits=9`, {}, `${PMD}; server_max_window_bits=9`],
        [`${PMD}; server_max_window_bits=14`, {}, `${PMD}; server_max_window_bits=14`],
        // An answer to an offer with the parameter has it, even if it says nothing new.
        [`${PMD}; server_max_window_bits=15`, {}, `${PMD}; server_max_window_bits=15`],
        [`${PMD}; client_max_window_bits=15`, {}, PMD],
        // The client says that it will stay below anyway: so do we, and a window of 8 can always be inflated.
        [`${PMD}; client_max_window_bits=9`, {}, `${PMD}; client_max_window_bits=9`],
        [`${PMD}; client_max_window_bits=8`, {}, `${PMD}; client_max_window_bits=8`],
        [
          `${PMD}; client_max_window_bits=11; server_max_window_bits=12; client_no_context_takeover; server_no_context_takeover`,
          {},
          `${PMD}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11`,
        ],
      ],
    ],
    [
      "that keeps no contexts",
      [
        [PMD, FORGET, `${PMD}; server_no_context_takeover; client_no_context_takeover`],
        [PMD, { serverNoContextTakeover: true }, `${PMD}; server_no_context_takeover`],
        [PMD, { clientNoContextTakeover: true }, `${PMD}; client_no_context_takeover`],
        [`${PMD}; client_no_context_takeover`, FULL, write({ name: PMD, params: both() })],
        [
          `${PMD}; server_max_window_bits=10`,
          FULL,
          `${write({ name: PMD, params: both() })}; server_max_window_bits=10`,
        ],
        [PMD, FULL, `${PMD}; server_no_context_takeover; client_no_context_takeover`],
        [
          PMD,
          { ...FULL, serverNoContextTakeover: false, clientNoContextTakeover: false },
          write({ name: PMD, params: both() }),
        ],
      ],
    ],
    [
      "with a small window of its own",
      [
        // RFC 7692 section 7.1.2.1: may be announced unasked.
        [PMD, { serverMaxWindowBits: 10 }, `${PMD}; server_max_window_bits=10`],
        [
          `${PMD}; server_max_window_bits=15`,
          { serverMaxWindowBits: 10 },
          `${PMD}; server_max_window_bits=10`,
        ],
        [
          `${PMD}; server_max_window_bits=11`,
          { serverMaxWindowBits: 10 },
          `${PMD}; server_max_window_bits=10`,
        ],
        [
          `${PMD}; server_max_window_bits=10`,
          { serverMaxWindowBits: 10 },
          `${PMD}; server_max_window_bits=10`,
        ],
        [`${PMD}; server_max_window_bits=9`, { serverMaxWindowBits: 10 }, `${PMD}; server_max_window_bits=9`],
        [`${PMD}; server_max_window_bits=8`, { serverMaxWindowBits: 10 }, null],
      ],
    ],
    [
      "that wants a small window of clients",
      [
        [`${PMD}; client_max_window_bits`, { clientMaxWindowBits: 10 }, `${PMD}; client_max_window_bits=10`],
        [
          `${PMD}; client_max_window_bits=15`,
          { clientMaxWindowBits: 10 },
          `${PMD}; client_max_window_bits=10`,
        ],
        [
          `${PMD}; client_max_window_bits=10`,
          { clientMaxWindowBits: 10 },
          `${PMD}; client_max_window_bits=10`,
        ],
        [`${PMD}; client_max_window_bits=9`, { clientMaxWindowBits: 10 }, `${PMD}; client_max_window_bits=9`],
        [`${PMD}; client_max_window_bits=8`, { clientMaxWindowBits: 10 }, `${PMD}; client_max_window_bits=8`],
        // RFC 7692 section 7.1.2.2: not to be answered unasked. Such a client is not to take its context over.
        [PMD, { clientMaxWindowBits: 10 }, `${PMD}; client_no_context_takeover`],
        [
          `${PMD}; client_no_context_takeover`,
          { clientMaxWindowBits: 10 },
          `${PMD}; client_no_context_takeover`,
        ],
        [
          `${PMD}; server_max_window_bits=9`,
          { clientMaxWindowBits: 14 },
          `${PMD}; client_no_context_takeover; server_max_window_bits=9`,
        ],
      ],
    ],
    [
      "among other extensions and offers",
      [
        ["x-webkit-deflate-frame", {}, null],
        [`foo, bar; baz=2, ${PMD}`, {}, PMD],
        ["Permessage-Deflate", {}, null],
        ["permessage-bzip2; client_max_window_bits", {}, null],
        // The first one that can be met.
        [`${PMD}; server_no_context_takeover, ${PMD}`, {}, `${PMD}; server_no_context_takeover`],
        [`${PMD}, ${PMD}; server_no_context_takeover`, {}, PMD],
        [
          `${PMD}; server_max_window_bits=8, ${PMD}; server_max_window_bits=9`,
          {},
          `${PMD}; server_max_window_bits=9`,
        ],
        [`${PMD}; server_max_window_bits=8, ${PMD}`, {}, PMD],
        [
          `${PMD}; x, ${PMD}; client_max_window_bits`,
          SMALL,
          `${PMD}; server_max_window_bits=10; client_max_window_bits=10`,
        ],
        [
          `${PMD}; server_max_window_bits=09, ${PMD}; server_max_window_bits="9"`,
          {},
          `${PMD}; server_max_window_bits=9`,
        ],
        [`${PMD}; server_max_window_bits, ${PMD}; client_max_window_bits=16, ${PMD}`, {}, PMD],
        [`${PMD}; server_no_context_takeover; server_no_context_takeover, ${PMD}`, {}, PMD],
        [`${PMD}; server_max_window_bits=8, ${PMD}; x, foo`, {}, null],
      ],
    ],
    [
      "to known clients",
      // Chromium, Deno, `ws`, Python websockets; Firefox, Safari.
      [
        [
          `${PMD}; client_max_window_bits`,
          FORGET,
          `${PMD}; server_no_context_takeover; client_no_context_takeover`,
        ],
        [
          `${PMD}; client_max_window_bits`,
          SMALL,
          `${PMD}; server_max_window_bits=10; client_max_window_bits=10`,
        ],
        [PMD, FORGET, `${PMD}; server_no_context_takeover; client_no_context_takeover`],
        [PMD, SMALL, `${PMD}; client_no_context_takeover; server_max_window_bits=10`],
      ],
    ],
  ])("%s", (_, rows) => {
    it.each(rows)("answers %s, with %j: %s", (offers, policy, expected) => {
      expect(answer(offers, policy)).toBe(expected);
    });
  });

  // The parameter sets of Autobahn's sections 13.1 to 13.7, the fuzzer as client.
  const plain = `${PMD}; client_no_context_takeover; client_max_window_bits`;
  const answered = `${PMD}; client_no_context_takeover`;
  const forgetting = `${PMD}; server_no_context_takeover; client_no_context_takeover`;
  it.each([
    ["13.1", plain, answered],
    ["13.2", `${plain}; server_no_context_takeover`, forgetting],
    ["13.3", `${plain}; server_max_window_bits=9`, `${answered}; server_max_window_bits=9`],
    ["13.4", `${plain}; server_max_window_bits=15`, `${answered}; server_max_window_bits=15`],
    [
      "13.5",
      `${plain}; server_no_context_takeover; server_max_window_bits=9`,
      `${forgetting}; server_max_window_bits=9`,
    ],
    [
      "13.6",
      `${plain}; server_no_context_takeover; server_max_window_bits=15`,
      `${forgetting}; server_max_window_bits=15`,
    ],
    [
      "13.7",
      `${plain}; server_no_context_takeover; server_max_window_bits=9, ${plain}; server_no_context_takeover, ${plain}`,
      `${forgetting}; server_max_window_bits=9`,
    ],
  ])("answers the offers of Autobahn %s", (_, offers, expected) => {
    expect(answer(offers)).toBe(expected);
  });

  it.each([
    [8, 8, `${PMD}; server_max_window_bits=8`],
    [8, 9, null],
    [9, 9, `${PMD}; server_max_window_bits=9`],
    [14, 15, null],
    [15, 15, `${PMD}; server_max_window_bits=15`],
  ])("answers a window of %i of an engine that can keep to %i", (offered, minWindowBits, expected) => {
    expect(answer(`${PMD}; server_max_window_bits=${offered}`, { minWindowBits })).toBe(expected);
  });

  it("says what was agreed on, named or not", () => {
    expect(agreed(PMD)).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    });
    expect(agreed(PMD, SMALL)).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: 15,
    });
    expect(agreed(`${PMD}; server_no_context_takeover; client_max_window_bits=12`, SMALL)).toEqual({
      serverNoContextTakeover: true,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: 10,
    });
  });

  it("takes undefined for the default", () => {
    const unset: DeflatePolicy = {
      serverNoContextTakeover: undefined,
      clientNoContextTakeover: undefined,
      serverMaxWindowBits: undefined,
      clientMaxWindowBits: undefined,
      mayKeepContexts: undefined,
      minWindowBits: 9,
    };
    expect(answerOffers(read(PMD), unset)).toEqual(answerOffers(read(PMD), { minWindowBits: 9 }));
  });

  it.each<[Partial<DeflatePolicy>, string]>([
    [{ serverMaxWindowBits: 8 }, "serverMaxWindowBits is 8; it has to be an integer from 9 to 15"],
    [{ serverMaxWindowBits: 16 }, "serverMaxWindowBits is 16; it has to be an integer from 9 to 15"],
    [
      { serverMaxWindowBits: 7, minWindowBits: 8 },
      "serverMaxWindowBits is 7; it has to be an integer from 8 to 15",
    ],
    [{ serverMaxWindowBits: 9.5 }, "serverMaxWindowBits is 9.5; it has to be an integer from 9 to 15"],
    [{ clientMaxWindowBits: 8 }, "clientMaxWindowBits is 8; it has to be an integer from 9 to 15"],
    [
      { clientMaxWindowBits: 8, minWindowBits: 8 },
      "clientMaxWindowBits is 8; it has to be an integer from 9 to 15",
    ],
    [{ clientMaxWindowBits: Number.NaN }, "clientMaxWindowBits is NaN; it has to be an integer from 9 to 15"],
    [{ minWindowBits: 7 }, "minWindowBits is 7; it has to be an integer from 8 to 15"],
    [{ minWindowBits: 16 }, "minWindowBits is 16; it has to be an integer from 8 to 15"],
  ])("throws for the policy %j, whatever the offers", (policy, message) => {
    expect(() => answer("foo", policy)).toThrow(new RangeError(message));
  });
});

function both() {
  return [
    ["server_no_context_takeover", true],
    ["client_no_context_takeover", true],
  ] as const;
}
