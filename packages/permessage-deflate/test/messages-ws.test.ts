import { chopped, concat, filled, octets } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import * as ws from "ws";
import { ClientDeflate, type PermessageDeflate, ServerDeflate } from "../src/index.ts";
import { areEqual, decoded, ENGINES, json, noise } from "./support.ts";
import type { Params } from "./wishes.ts";

type Done = (error: Error | null, octets: Uint8Array) => void;
interface Peer {
  offer(): Record<string, string | number | true>;
  accept(
    configurations: readonly Record<string, (string | true)[]>[],
  ): Record<string, string | number | true>;
  compress(message: Uint8Array, fin: boolean, done: Done): void;
  decompress(payload: Uint8Array, fin: boolean, done: Done): void;
  cleanup(): void;
}
// Its types leave this out.
const PerMessageDeflate: new (options: object) => Peer = Reflect.get(ws, "PerMessageDeflate");

const toLists = (params: Params) => Object.fromEntries(params.map(([name, value]) => [name, [value]]));
const toParams = (accepted: Record<string, string | number | true>): Params =>
  Object.entries(accepted).map(([name, value]) => [name, value === true ? true : String(value)]);

const call = (work: (done: Done) => void): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    work((error, result) => (error === null ? resolve(result) : reject(error)));
  });

const SETTINGS = [
  {},
  { serverNoContextTakeover: false },
  { clientNoContextTakeover: false },
  { serverNoContextTakeover: false, clientNoContextTakeover: false },
  {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 9,
    clientMaxWindowBits: 10,
  },
  { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
];

const MESSAGES = [
  octets("Hello"),
  json(1000),
  octets("Hello"),
  json(1000),
  json(70_000),
  noise(3000),
  noise(3000),
  filled(200_000, 7),
];

/** Every message both ways, whole and in pieces: what arrived. */
async function converse(ours: PermessageDeflate, peer: Peer): Promise<Uint8Array[]> {
  const arrived: Uint8Array[] = [];
  for (const message of MESSAGES) {
    const whole = ours.encodeMessage(message)?.slice();
    // Null is sent as it is, and arrives as it is.
    arrived.push(whole === undefined ? message : await call((done) => peer.decompress(whole, true, done)));
    arrived.push(decoded(ours, await call((done) => peer.compress(message, true, done))));

    const parts = [...chopped(message, Math.ceil(message.length / 3)).entries()];
    const isLast = (index: number) => index === parts.length - 1;
    const received: Uint8Array[] = [];
    const sent: Uint8Array[] = [];
    for (const [index, part] of parts) {
      const piece = ours.encodePiece(part, isLast(index)).slice();
      received.push(await call((done) => peer.decompress(piece, isLast(index), done)));
      sent.push(await call((done) => peer.compress(part, isLast(index), done)));
    }
    arrived.push(concat(...received), decoded(ours, ...sent));
  }
  ours.dispose();
  peer.cleanup();
  return arrived;
}

const isWhatWasSent = (arrived: Uint8Array[]): boolean =>
  arrived.length === 4 * MESSAGES.length &&
  arrived.every((message, index) => areEqual(message, MESSAGES[index >> 2]!));

describe.each(ENGINES)("with %s", (_, engine) => {
  test.each(SETTINGS)("our server understands the client of ws, and is understood: %j", async (settings) => {
    const peer = new PerMessageDeflate(settings);
    const offer = { name: "permessage-deflate", params: toParams(peer.offer()) };
    const accepted = new ServerDeflate({ engine, ...settings }).accept([offer]);
    peer.accept([toLists(accepted?.extension.params ?? [])]);
    expect(isWhatWasSent(await converse(accepted!.transform, peer))).toBe(true);
  });

  test.each(SETTINGS)("our client understands the server of ws, and is understood: %j", async (settings) => {
    const client = new ClientDeflate({ engine, ...settings });
    const peer = new PerMessageDeflate({ ...settings, isServer: true });
    const params = toParams(peer.accept([toLists(client.offers[0].params)]));
    const transform = client.agree({ name: "permessage-deflate", params });
    expect(isWhatWasSent(await converse(transform!, peer))).toBe(true);
  });
});
