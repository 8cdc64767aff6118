import { describe, expect, it } from "vitest";
import { checkResponse, createOffer, type DeflateParameters, type DeflateSettings } from "../src/index.ts";
import { read, readParams, write } from "./header.ts";

const PMD = "permessage-deflate";

const FULL: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** Null: the connection has to fail. */
function check(offered: string, response: string, minWindowBits = 9): DeflateParameters | null {
  const [offer] = read(offered);
  if (offer === undefined) throw new Error("no offer");
  return checkResponse(offer, response === "" ? [] : readParams(response), minWindowBits);
}

describe("createOffer", () => {
  it.each<[Partial<DeflateSettings>, string]>([
    // What Chromium, `ws` and Python websockets offer too.
    [{}, `${PMD}; client_max_window_bits`],
    [{ serverMaxWindowBits: 15, clientMaxWindowBits: 15 }, `${PMD}; client_max_window_bits`],
    [{ serverNoContextTakeover: true }, `${PMD}; server_no_context_takeover; client_max_window_bits`],
    [{ clientNoContextTakeover: true }, `${PMD}; client_no_context_takeover; client_max_window_bits`],
    [{ serverMaxWindowBits: 14 }, `${PMD}; server_max_window_bits=14; client_max_window_bits`],
    [{ serverMaxWindowBits: 9 }, `${PMD}; server_max_window_bits=9; client_max_window_bits`],
    [{ clientMaxWindowBits: 9 }, `${PMD}; client_max_window_bits=9`],
    [{ clientMaxWindowBits: 8, minWindowBits: 8 }, `${PMD}; client_max_window_bits=8`],
    [
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 10,
        clientMaxWindowBits: 11,
      },
      `${PMD}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11`,
    ],
    [
      {
        serverNoContextTakeover: undefined,
        clientNoContextTakeover: undefined,
        serverMaxWindowBits: undefined,
        clientMaxWindowBits: undefined,
      },
      `${PMD}; client_max_window_bits`,
    ],
  ])("offers for %j: %s", (settings, expected) => {
    expect(write(createOffer({ minWindowBits: 9, ...settings }))).toBe(expected);
  });

  it.each<[Partial<DeflateSettings>, string]>([
    [{ clientMaxWindowBits: 8 }, "clientMaxWindowBits is 8; it has to be an integer from 9 to 15"],
    [{ clientMaxWindowBits: 16 }, "clientMaxWindowBits is 16; it has to be an integer from 9 to 15"],
    [{ clientMaxWindowBits: 9.5 }, "clientMaxWindowBits is 9.5; it has to be an integer from 9 to 15"],
    [{ serverMaxWindowBits: 8 }, "serverMaxWindowBits is 8; it has to be an integer from 9 to 15"],
    [
      { serverMaxWindowBits: 8, minWindowBits: 8 },
      "serverMaxWindowBits is 8; it has to be an integer from 9 to 15",
    ],
    [{ serverMaxWindowBits: Number.NaN }, "serverMaxWindowBits is NaN; it has to be an integer from 9 to 15"],
    [{ minWindowBits: 7 }, "minWindowBits is 7; it has to be an integer from 8 to 15"],
  ])("throws for %j", (settings, message) => {
    expect(() => createOffer({ minWindowBits: 9, ...settings })).toThrow(new RangeError(message));
  });
});

describe("checkResponse", () => {
  it.each<[offer: string, response: string, agreed: Partial<DeflateParameters>]>([
    [PMD, "", {}],
    // RFC 7692 section 7.1.1.1: the server may add it.
    [PMD, "server_no_context_takeover", { serverNoContextTakeover: true }],
    [`${PMD}; server_no_context_takeover`, "server_no_context_takeover", { serverNoContextTakeover: true }],
    // RFC 7692 section 7.1.1.2: the server may demand it; what we offered we do, answered or not.
    [PMD, "client_no_context_takeover", { clientNoContextTakeover: true }],
    [`${PMD}; client_no_context_takeover`, "", { clientNoContextTakeover: true }],
    [`${PMD}; client_no_context_takeover`, "client_no_context_takeover", { clientNoContextTakeover: true }],
    // RFC 7692 section 7.1.2.1: the server may announce any window unasked, else one as large as asked or smaller.
    [PMD, "server_max_window_bits=8", { serverMaxWindowBits: 8 }],
    [PMD, "server_max_window_bits=15", {}],
    [`${PMD}; server_max_window_bits=12`, "server_max_window_bits=12", { serverMaxWindowBits: 12 }],
    [`${PMD}; server_max_window_bits=12`, "server_max_window_bits=8", { serverMaxWindowBits: 8 }],
    [`${PMD}; server_max_window_bits=8`, "server_max_window_bits=8", { serverMaxWindowBits: 8 }],
    [`${PMD}; server_max_window_bits=15`, "server_max_window_bits=15", {}],
    // RFC 7692 section 7.1.2.2: likewise for ours, when we offered it; without an answer our own limit holds.
    [`${PMD}; client_max_window_bits`, "", {}],
    [`${PMD}; client_max_window_bits`, "client_max_window_bits=15", {}],
    [`${PMD}; client_max_window_bits`, "client_max_window_bits=9", { clientMaxWindowBits: 9 }],
    [`${PMD}; client_max_window_bits=12`, "", { clientMaxWindowBits: 12 }],
    [`${PMD}; client_max_window_bits=12`, "client_max_window_bits=12", { clientMaxWindowBits: 12 }],
    [`${PMD}; client_max_window_bits=12`, "client_max_window_bits=9", { clientMaxWindowBits: 9 }],
    [`${PMD}; client_max_window_bits`, 'client_max_window_bits="10"', { clientMaxWindowBits: 10 }],
    // Python websockets to the offer of a browser.
    [
      `${PMD}; client_max_window_bits`,
      "server_max_window_bits=12; client_max_window_bits=12",
      { serverMaxWindowBits: 12, clientMaxWindowBits: 12 },
    ],
  ])("agrees with an offer %s and a response %j on %j", (offer, response, agreed) => {
    expect(check(offer, response)).toEqual({ ...FULL, ...agreed });
  });

  it.each([
    [`${PMD}; server_no_context_takeover`, ""],
    [`${PMD}; server_no_context_takeover`, "client_no_context_takeover"],
    [`${PMD}; server_max_window_bits=12`, ""],
    [`${PMD}; server_max_window_bits=15`, ""],
    [`${PMD}; server_max_window_bits=12`, "server_max_window_bits=13"],
    [`${PMD}; server_max_window_bits=12`, "server_max_window_bits=15"],
    [PMD, "client_max_window_bits=15"],
    [PMD, "client_max_window_bits=10"],
    [PMD, "client_max_window_bits"],
    [`${PMD}; client_max_window_bits`, "client_max_window_bits"],
    [`${PMD}; client_max_window_bits=12`, "client_max_window_bits"],
    [`${PMD}; client_max_window_bits=12`, "client_max_window_bits=13"],
    [`${PMD}; client_max_window_bits`, "client_max_window_bits=7"],
    [`${PMD}; client_max_window_bits`, "client_max_window_bits=16"],
    [`${PMD}; client_max_window_bits`, "client_max_window_bits=09"],
    [`${PMD}; client_max_window_bits`, 'client_max_window_bits="09"'],
    [`${PMD}; client_max_window_bits`, "client_max_window_bits=10; client_max_window_bits=10"],
    [PMD, "server_max_window_bits"],
    [PMD, "server_max_window_bits=16"],
    [PMD, "server_max_window_bits=010"],
    [PMD, "server_no_context_takeover=1"],
    [PMD, "server_no_context_takeover; server_no_context_takeover"],
    [PMD, "client_no_context_takeover=true"],
    [PMD, "x"],
    [PMD, "client_no_context_takeover; x=1"],
  ])("fails for an offer %s and a response %j", (offer, response) => {
    expect(check(offer, response)).toBeNull();
  });

  // The parameter sets of Autobahn's sections 13.1 to 13.6, the fuzzer as server.
  const asked = "permessage-deflate; client_max_window_bits";
  it.each<[string, string, Partial<DeflateParameters>]>([
    ["13.1", "", {}],
    ["13.2", "client_no_context_takeover", { clientNoContextTakeover: true }],
    ["13.3", "client_max_window_bits=9", { clientMaxWindowBits: 9 }],
    ["13.4", "client_max_window_bits=15", {}],
    [
      "13.5",
      "client_no_context_takeover; client_max_window_bits=9",
      { clientNoContextTakeover: true, clientMaxWindowBits: 9 },
    ],
    ["13.6", "client_no_context_takeover; client_max_window_bits=15", { clientNoContextTakeover: true }],
  ])("takes the response of Autobahn %s", (_, response, agreed) => {
    expect(check(asked, response)).toEqual({ ...FULL, ...agreed });
  });

  it.each([
    ["client_max_window_bits", "client_max_window_bits=8", 8, 8],
    ["client_max_window_bits", "client_max_window_bits=8", 9, null],
    ["client_max_window_bits=8", "", 8, 8],
    ["client_max_window_bits=8", "", 9, null],
    ["client_max_window_bits", "client_max_window_bits=9", 9, 9],
    // What is inflated may have any window.
    ["client_max_window_bits", "server_max_window_bits=8", 15, 15],
  ])("heeds what the deflater can keep to: %s, %s, %i", (offered, response, minWindowBits, expected) => {
    const agreed = check(`${PMD}; ${offered}`, response, minWindowBits);
    expect(agreed && agreed.clientMaxWindowBits).toBe(expected);
  });

  it("throws for an offer that was none", () => {
    const message = "The offer is not a valid one of permessage-deflate";
    expect(() => check("foo", "")).toThrow(new RangeError(message));
    expect(() => check(`${PMD}; client_max_window_bits=99`, "")).toThrow(new RangeError(message));
    expect(() => check(PMD, "", 16)).toThrow("minWindowBits is 16; it has to be an integer from 8 to 15");
  });
});
