export {
  type AssemblerOptions,
  type DataFrameHeader,
  DEFAULT_MAX_MESSAGE_SIZE,
  MAX_EMPTY_FRAGMENTS,
  MessageAssembler,
} from "./assembler.ts";
export { type DataOpcode, fragment, type Message } from "./message.ts";
export { type IsUtf8, Utf8Validator } from "./utf8.ts";
