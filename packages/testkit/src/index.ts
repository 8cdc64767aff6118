export { type TimerHandle, VirtualClock } from "./clock.ts";
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
export { EventRecorder, type RecordedEvent } from "./recorder.ts";
export { RULES } from "./rules/index.ts";
export { failureOctets, ruleCuttings, ruleInput } from "./rules/input.ts";
export {
  type DueEvent,
  type DueReply,
  type ExpectedClose,
  type FailurePoint,
  type Role,
  type Rule,
} from "./rules/rule.ts";
export { type EchoEndpoint, type MakeEndpoint, type RuleOutcome, runRule } from "./rules/run.ts";
export { GREEK, UTF8_CATALOGUE, type Utf8Sequence } from "./utf8/catalogue.ts";
export { firstInvalidOctet } from "./utf8/reference.ts";
export { ACCEPT_VECTOR, FRAME_VECTORS, type FrameVector } from "./vectors.ts";
export { type ChunkSize, oneOctet, randomChunks, Wire, WireEnd, wholeChunks } from "./wire.ts";
