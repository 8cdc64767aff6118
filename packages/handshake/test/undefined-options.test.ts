import { expect, it } from "vitest";
import {
  acceptUpgrade,
  checkOrigin,
  checkUpgradeResponse,
  createUpgradeRequest,
  encodeRequest,
  encodeResponse,
  HandshakeError,
  RequestReader,
  rejectUpgrade,
} from "../src/index.ts";
import {
  describeError,
  describeResult,
  headOctets,
  KEY,
  offerOf,
  REQUEST_LINES,
  RESPONSE_LINES,
  response,
} from "./support.ts";

const DESTINATION = { host: "example.com", target: "/chat" };
const URL_PARTS = { protocol: "ws:", host: "example.com", pathname: "/", search: "" };
const offer = offerOf({ Origin: "http://example.com" });
const foreign = offerOf({ Origin: "http://example.org" });
const request = createUpgradeRequest(DESTINATION, { key: KEY });

/** Each with all its options undefined, and without them. */
const CALLS: readonly (readonly [name: string, given: () => unknown, omitted: () => unknown])[] = [
  [
    "acceptUpgrade",
    () =>
      acceptUpgrade(
        offer,
        { subprotocol: undefined, extensions: undefined, headers: undefined },
        { digest: undefined },
      ),
    () => acceptUpgrade(offer),
  ],
  [
    "checkOrigin, let in",
    () => checkOrigin(offer, { rule: undefined, allowMissing: undefined, secure: undefined }),
    () => checkOrigin(offer),
  ],
  [
    "checkOrigin, refused",
    () => checkOrigin(foreign, { rule: undefined, allowMissing: undefined, secure: undefined }),
    () => checkOrigin(foreign),
  ],
  [
    "createUpgradeRequest",
    () =>
      encodeRequest(
        createUpgradeRequest(
          { ...URL_PARTS, hash: undefined },
          { subprotocols: undefined, extensions: undefined, origin: undefined, headers: undefined, key: KEY },
        ),
      ),
    () => encodeRequest(createUpgradeRequest(URL_PARTS, { key: KEY })),
  ],
  [
    "createUpgradeRequest, length of a fresh key",
    () => createUpgradeRequest(DESTINATION, { key: undefined }).key.length,
    () => createUpgradeRequest(DESTINATION).key.length,
  ],
  [
    "checkUpgradeResponse",
    () => checkUpgradeResponse(response(RESPONSE_LINES), request, { digest: undefined }),
    () => checkUpgradeResponse(response(RESPONSE_LINES), request),
  ],
  [
    "rejectUpgrade",
    () => rejectUpgrade(404, { reason: undefined, headers: undefined, body: undefined }),
    () => rejectUpgrade(404),
  ],
  [
    "encodeResponse",
    () => encodeResponse({ status: 404, headers: [], reason: undefined, body: undefined }),
    () => encodeResponse({ status: 404, headers: [] }),
  ],
  [
    "HandshakeError",
    () => describeError(new HandshakeError("invalid-key", { status: undefined, headers: undefined })),
    () => describeError(new HandshakeError("invalid-key")),
  ],
  [
    "RequestReader",
    () =>
      describeResult(
        new RequestReader({ maxHeadSize: undefined, maxHeaderCount: undefined }).receive(
          headOctets(REQUEST_LINES),
        ),
      ),
    () => describeResult(new RequestReader().receive(headOctets(REQUEST_LINES))),
  ],
];

it.each(CALLS)("%s takes an option that is undefined for one that is not there", (_, given, omitted) => {
  expect(given()).toEqual(omitted());
});
