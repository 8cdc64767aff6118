import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findPythonWith, tool } from "@plyws/testkit/node";
import { describe, expect, test } from "vitest";
import * as ws from "ws";
import {
  answerOffers,
  checkResponse,
  createOffer,
  type DeflateParameters,
  type DeflateSettings,
  type ExtensionParameter,
} from "../src/index.ts";

type Wishes = Omit<DeflateSettings, "minWindowBits">;
type Params = readonly ExtensionParameter[];

/** What either side may want; every one of them meets every other. */
const WISHES: readonly Wishes[] = [
  {},
  { serverNoContextTakeover: true },
  { clientNoContextTakeover: true },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  { serverMaxWindowBits: 9 },
  { serverMaxWindowBits: 12 },
  { clientMaxWindowBits: 9 },
  { clientMaxWindowBits: 12 },
  { serverMaxWindowBits: 10, clientMaxWindowBits: 11 },
  {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    serverMaxWindowBits: 11,
    clientMaxWindowBits: 10,
  },
];

const PAIRS = WISHES.flatMap((client) => WISHES.map((server) => ({ client, server })));

function offerFor(client: Wishes) {
  return createOffer({ ...client, minWindowBits: 9 });
}

function answerTo(params: Params, server: Wishes) {
  const answer = answerOffers([{ name: "permessage-deflate", params }], { ...server, minWindowBits: 9 });
  if (answer === null) throw new Error(`declined: ${JSON.stringify(params)}`);
  return answer;
}

describe("ws", () => {
  type Lists = Record<string, (string | true)[]>;
  type Accepted = Record<string, string | number | true | undefined>;
  // Its types leave this out.
  const { PerMessageDeflate } = ws as unknown as {
    PerMessageDeflate: new (
      options: object,
    ) => { offer(): Accepted; accept(configurations: readonly Lists[]): Accepted };
  };

  function toLists(params: Params): Lists {
    return Object.fromEntries(params.map(([name, value]) => [name, [value]]));
  }

  function toParams(accepted: Accepted): Params {
    return Object.entries(accepted).map(([name, value]) => [name, value === true ? true : String(value)]);
  }

  function parametersOf(accepted: Accepted): DeflateParameters {
    return {
      serverNoContextTakeover: accepted["server_no_context_takeover"] === true,
      clientNoContextTakeover: accepted["client_no_context_takeover"] === true,
      serverMaxWindowBits: Number(accepted["server_max_window_bits"] ?? 15),
      clientMaxWindowBits: Number(accepted["client_max_window_bits"] ?? 15),
    };
  }

  test.each(PAIRS)("its client wants $client, our server $server", ({ client, server }) => {
    const peer = new PerMessageDeflate(client);
    const answer = answerTo(toParams(peer.offer()), server);
    const accepted = peer.accept([toLists(answer.extension.params)]);
    expect(parametersOf(accepted)).toEqual(answer.parameters);
  });

  test.each(PAIRS)("our client wants $client, its server $server", ({ client, server }) => {
    const offer = offerFor(client);
    const peer = new PerMessageDeflate({ ...server, isServer: true });
    let accepted: Accepted;
    try {
      accepted = peer.accept([toLists(offer.params)]);
    } catch (error) {
      // It wants windows of exactly the size it was told, so that it declines smaller ones.
      expect(error).toMatchObject({ message: "None of the extension offers can be accepted" });
      const isSmaller = (own = 15, offered = 15) => offered < own && own < 15;
      expect(
        isSmaller(server.serverMaxWindowBits, client.serverMaxWindowBits) ||
          isSmaller(server.clientMaxWindowBits, client.clientMaxWindowBits),
      ).toBe(true);
      return;
    }
    const agreed = checkResponse(offer, toParams(accepted), 9);
    // Where it does not answer client_max_window_bits, our own limit holds nonetheless.
    const { clientMaxWindowBits } = parametersOf(accepted);
    expect(agreed).toEqual({
      ...parametersOf(accepted),
      clientNoContextTakeover: client.clientNoContextTakeover ?? server.clientNoContextTakeover ?? false,
      clientMaxWindowBits: Math.min(clientMaxWindowBits, client.clientMaxWindowBits ?? 15),
    });
  });
});

const python = tool("Python with websockets", () => findPythonWith("websockets"));

describe.skipIf(python.skip)("the websockets package of Python", { timeout: 60_000 }, () => {
  const script = fileURLToPath(new URL("python/negotiation.py", import.meta.url));

  function run(tasks: readonly object[]): unknown[] {
    const output = execFileSync(python.path, [script], { input: JSON.stringify(tasks), timeout: 30_000 });
    return JSON.parse(output.toString());
  }

  /** Its names are those of the parameters. */
  function named(wishes: Wishes): object {
    return Object.fromEntries(
      Object.entries(wishes).map(([name, value]) => [
        name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
        value,
      ]),
    );
  }

  test("its client against our server", () => {
    const offers = run(PAIRS.map(({ client }) => ({ do: "offer", settings: named(client) }))) as Params[];
    expect(offers[0]).toEqual([["client_max_window_bits", true]]);
    const answers = PAIRS.map(({ server }, index) => answerTo(offers[index] ?? [], server));
    const agreed = run(
      PAIRS.map(({ client }, index) => ({
        do: "check",
        settings: named(client),
        params: answers[index]?.extension.params,
      })),
    );
    expect(agreed).toEqual(answers.map(({ parameters }) => parameters));
  });

  test("our client against its server", () => {
    const answers = run(
      PAIRS.map(({ client, server }) => ({
        do: "answer",
        settings: named(server),
        params: offerFor(client).params,
      })),
    ) as { params: Params; parameters: DeflateParameters }[];
    expect(answers).toHaveLength(PAIRS.length);
    expect(
      PAIRS.map(({ client }, index) => checkResponse(offerFor(client), answers[index]?.params ?? [], 9)),
    ).toEqual(answers.map(({ parameters }) => parameters));
  });
});
