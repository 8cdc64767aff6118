export { answerOffers, type DeflateAnswer, type DeflatePolicy } from "./answer.ts";
export { ClientDeflate } from "./client.ts";
export type { DeflateEngine, Deflater, DeflaterOptions, Inflater, InflaterOptions } from "./engine.ts";
export { checkResponse, createOffer } from "./offer.ts";
export type { DeflateOptions } from "./options.ts";
export {
  type DeflateOffer,
  type DeflateParameters,
  type DeflateResponse,
  EXTENSION_NAME,
  type Extension,
  type ExtensionParameter,
  parseOffer,
  parseResponse,
} from "./parameters.ts";
export { PermessageDeflate } from "./permessage-deflate.ts";
export { type AcceptedDeflate, ServerDeflate, type ServerDeflateOptions } from "./server.ts";
export type { DeflateSettings } from "./settings.ts";
