export { type Cutting, chopped, cutAt, cuttings, everyCut, octetByOctet, randomCuts } from "./cut.ts";
export {
  BINARY,
  binary,
  CLOSE,
  CONTINUATION,
  close,
  closePayload,
  continuation,
  type FrameOptions,
  type FrameParts,
  frame,
  MASK,
  masked,
  PING,
  PONG,
  ping,
  pong,
  TEXT,
  text,
} from "./frame.ts";
export { concat, filled, hex, octets, toHex } from "./octets.ts";
export { maskingKeys, type ParsedFrame, parseFrames } from "./parse.ts";
export { integer, type Random, seededRandom } from "./random.ts";
export { ACCEPT_VECTOR, FRAME_VECTORS, type FrameVector } from "./vectors.ts";
