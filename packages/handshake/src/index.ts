export { computeAccept, type Digest, type DigestOptions } from "./accept.ts";
export {
  checkUpgradeResponse,
  createUpgradeRequest,
  type OpenedUpgrade,
  type RequestDestination,
  type UpgradeRequestDraft,
  type UpgradeRequestOptions,
  type UrlParts,
} from "./client.ts";
export { encodeRequest, encodeResponse, formatResponseHead, type HttpResponse } from "./encode.ts";
export { HandshakeError, type HandshakeErrorCode, type Rejected } from "./errors.ts";
export {
  type Extension,
  type ExtensionOffer,
  type ExtensionParameter,
  formatExtensions,
  parseExtensions,
} from "./extensions.ts";
export { HeaderFields, type HeaderList, type HeaderSource } from "./fields.ts";
export {
  type ReadHead,
  type RequestHead,
  RequestReader,
  type ResponseHead,
  ResponseReader,
  type UpgradeRequest,
} from "./head.ts";
export {
  allowOrigins,
  checkOrigin,
  type OriginContext,
  type OriginOptions,
  type OriginRule,
  sameHost,
} from "./origin.ts";
export { type Refusal, type RefusalOptions, rejectUpgrade } from "./refuse.ts";
export type { HeadLimits } from "./scanner.ts";
export {
  type AcceptedUpgrade,
  acceptUpgrade,
  checkUpgradeRequest,
  type UpgradeChoice,
  type UpgradeOffer,
} from "./server.ts";
export { type SubprotocolSelector, selectSubprotocol } from "./subprotocol.ts";
