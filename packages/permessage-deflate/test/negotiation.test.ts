import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  answerOffers,
  checkResponse,
  createOffer,
  type DeflatePolicy,
  type DeflateSettings,
  type ExtensionParameter,
} from "../src/index.ts";

function bits(least: number) {
  return fc.option(fc.integer({ min: least, max: 15 }), { nil: undefined });
}

function settings(role: "server" | "client"): fc.Arbitrary<DeflateSettings> {
  return fc.integer({ min: 8, max: 9 }).chain((minWindowBits) =>
    fc.record({
      serverNoContextTakeover: fc.boolean(),
      clientNoContextTakeover: fc.boolean(),
      serverMaxWindowBits: bits(role === "server" ? minWindowBits : 9),
      clientMaxWindowBits: bits(role === "client" ? minWindowBits : 9),
      minWindowBits: fc.constant(minWindowBits),
    }),
  );
}

const policy: fc.Arbitrary<DeflatePolicy> = fc
  .tuple(settings("server"), fc.boolean())
  .map(([wanted, mayKeepContexts]) => ({ ...wanted, mayKeepContexts }));

/** What a client that is not ours may offer: mostly sense, some nonsense. */
const parameter: fc.Arbitrary<ExtensionParameter> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(
      fc.constantFrom("server_max_window_bits", "client_max_window_bits"),
      fc.integer({ min: 8, max: 15 }).map(String),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(
      fc.constantFrom("server_no_context_takeover", "client_no_context_takeover", "client_max_window_bits"),
      fc.constant<true>(true),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.oneof(
        fc.constantFrom("server_max_window_bits", "client_no_context_takeover", "__proto__"),
        fc.string(),
      ),
      fc.oneof(fc.constant<true>(true), fc.integer().map(String), fc.string()),
    ),
  },
);

const offers = fc.array(
  fc.record({
    name: fc.oneof(
      { weight: 8, arbitrary: fc.constant("permessage-deflate") },
      { weight: 1, arbitrary: fc.string() },
    ),
    params: fc.array(parameter, { maxLength: 5 }),
  }),
  { maxLength: 4 },
);

describe("negotiation", () => {
  test.prop([settings("client"), policy])(
    "our client and our server agree, whatever they want",
    (client, server) => {
      const offer = createOffer(client);
      const answer = answerOffers([offer], server);
      expect(answer).not.toBeNull();
      if (answer === null) return;
      const agreed = checkResponse(offer, answer.extension.params, client.minWindowBits);
      expect(agreed).toEqual(answer.parameters);
      // Neither side gets less than it asked for.
      for (const side of [client, server]) {
        expect(agreed?.serverNoContextTakeover).toBeOneOf([true, side.serverNoContextTakeover]);
        expect(agreed?.clientNoContextTakeover).toBeOneOf([true, side.clientNoContextTakeover]);
        expect(agreed?.serverMaxWindowBits).toBeLessThanOrEqual(side.serverMaxWindowBits ?? 15);
        expect(agreed?.clientMaxWindowBits).toBeLessThanOrEqual(side.clientMaxWindowBits ?? 15);
      }
      if (server.mayKeepContexts === false) {
        expect(agreed).toMatchObject({ serverNoContextTakeover: true, clientNoContextTakeover: true });
      }
    },
  );

  test.prop([offers, policy])(
    "a server answers only what the client that offered can take",
    (offered, server) => {
      const answer = answerOffers(offered, server);
      if (answer === null) return;
      // Any deflater of a client keeps to a window that it offered: 8 is its own wish.
      const taken = offered
        .filter((offer) => answerOffers([offer], server) !== null)
        .map((offer) => checkResponse(offer, answer.extension.params, 8))[0];
      expect(taken).toEqual(answer.parameters);
      // What is retained for a connection stays within the policy.
      expect(answer.parameters.serverMaxWindowBits).toBeGreaterThanOrEqual(server.minWindowBits);
      expect(answer.parameters.serverMaxWindowBits).toBeLessThanOrEqual(server.serverMaxWindowBits ?? 15);
      expect(
        answer.parameters.clientNoContextTakeover ||
          answer.parameters.clientMaxWindowBits <= (server.clientMaxWindowBits ?? 15),
      ).toBe(true);
    },
  );

  test.prop([offers, policy])(
    "an offer that is declined does not matter for the others",
    (offered, server) => {
      const open = offered.filter((offer) => answerOffers([offer], server) !== null);
      expect(answerOffers(offered, server)).toEqual(answerOffers(open.slice(0, 1), server));
    },
  );

  test.prop([settings("client"), fc.array(parameter, { maxLength: 5 })])(
    "a client takes no response that breaks its word or ours",
    (client, params) => {
      const agreed = checkResponse(createOffer(client), params, client.minWindowBits);
      if (agreed === null) return;
      expect(agreed.serverNoContextTakeover).toBeOneOf([true, client.serverNoContextTakeover]);
      expect(agreed.clientNoContextTakeover).toBeOneOf([true, client.clientNoContextTakeover]);
      expect(agreed.serverMaxWindowBits).toBeLessThanOrEqual(client.serverMaxWindowBits ?? 15);
      expect(agreed.clientMaxWindowBits).toBeLessThanOrEqual(client.clientMaxWindowBits ?? 15);
      expect(agreed.clientMaxWindowBits).toBeGreaterThanOrEqual(client.minWindowBits);
      for (const [name, value] of params) {
        if (name === "client_max_window_bits") expect(agreed.clientMaxWindowBits).toBe(Number(value));
        if (name === "server_max_window_bits") expect(agreed.serverMaxWindowBits).toBe(Number(value));
        if (name === "client_no_context_takeover") expect(agreed.clientNoContextTakeover).toBe(true);
        if (name === "server_no_context_takeover") expect(agreed.serverNoContextTakeover).toBe(true);
      }
    },
  );
});
