export {
  CloseCode,
  type CloseInfo,
  decodeClose,
  encodeClose,
  isCloseCode,
  MAX_REASON_SIZE,
} from "./close.ts";
export { ProtocolError, type ProtocolErrorCode } from "./errors.ts";
export {
  DEFAULT_MAX_PAYLOAD_LENGTH,
  type DecodedFrame,
  decodeFrame,
  encodeFrame,
  type Frame,
} from "./frame.ts";
export {
  createHeader,
  decodeHeader,
  encodeHeader,
  type FrameHeader,
  headerSize,
  MAX_HEADER_SIZE,
  NEED_MORE,
} from "./header.ts";
export { applyMask } from "./mask.ts";
export { isControl, isOpcode, MAX_CONTROL_PAYLOAD, Opcode } from "./opcode.ts";
