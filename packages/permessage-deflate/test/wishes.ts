import {
  answerOffers,
  createOffer,
  type DeflateAnswer,
  type DeflateSettings,
  type Extension,
  type ExtensionParameter,
} from "../src/index.ts";

export type Wishes = Omit<DeflateSettings, "minWindowBits">;
export type Params = readonly ExtensionParameter[];

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

/** Every wish of a client with every wish of a server. */
export const PAIRS = WISHES.flatMap((client) => WISHES.map((server) => ({ client, server })));

export function offerFor(client: Wishes): Extension {
  return createOffer({ ...client, minWindowBits: 9 });
}

/** @throws Error when it is declined */
export function answerTo(params: Params, server: Wishes): DeflateAnswer {
  const answer = answerOffers([{ name: "permessage-deflate", params }], { ...server, minWindowBits: 9 });
  if (answer === null) throw new Error(`declined: ${JSON.stringify(params)}`);
  return answer;
}
