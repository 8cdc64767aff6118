import { describe, expect, test } from "vitest";
import * as ws from "ws";
import { checkResponse, type DeflateParameters } from "../src/index.ts";
import { answerTo, offerFor, PAIRS, type Params } from "./wishes.ts";

type Lists = Record<string, (string | true)[]>;
type Accepted = Record<string, string | number | true | undefined>;
interface Peer {
  offer(): Accepted;
  /** @throws Error when there is nothing to accept */
  accept(configurations: readonly Lists[]): Accepted;
}
// Its types leave this out.
const PerMessageDeflate: new (options: object) => Peer = Reflect.get(ws, "PerMessageDeflate");

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

// It wants windows of exactly the size that it was told, so that it declines smaller ones.
const isSmaller = (offered = 15, own = 15) => offered < own && own < 15;
const isDeclined = ({ client, server }: (typeof PAIRS)[number]) =>
  isSmaller(client.serverMaxWindowBits, server.serverMaxWindowBits) ||
  isSmaller(client.clientMaxWindowBits, server.clientMaxWindowBits);

describe("ws", () => {
  test.each(PAIRS)("its client wants $client, our server $server", ({ client, server }) => {
    const peer = new PerMessageDeflate(client);
    const answer = answerTo(toParams(peer.offer()), server);
    const accepted = peer.accept([toLists(answer.extension.params)]);
    expect(parametersOf(accepted)).toEqual(answer.parameters);
  });

  test.each(PAIRS.filter((pair) => !isDeclined(pair)))(
    "our client wants $client, its server $server",
    ({ client, server }) => {
      const offer = offerFor(client);
      const accepted = new PerMessageDeflate({ ...server, isServer: true }).accept([toLists(offer.params)]);
      expect(checkResponse(offer, toParams(accepted), 9)).toEqual(parametersOf(accepted));
    },
  );

  test.each(PAIRS.filter(isDeclined))("its server with $server declines $client", ({ client, server }) => {
    const peer = new PerMessageDeflate({ ...server, isServer: true });
    expect(() => peer.accept([toLists(offerFor(client).params)])).toThrow("None of the extension offers");
  });
});
