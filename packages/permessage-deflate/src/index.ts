export { answerOffers, type DeflateAnswer, type DeflatePolicy } from "./answer.ts";
export type { DeflateEngine, Deflater, DeflaterOptions, Inflater, InflaterOptions } from "./engine.ts";
export { checkResponse, createOffer } from "./offer.ts";
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
export type { DeflateSettings } from "./settings.ts";
