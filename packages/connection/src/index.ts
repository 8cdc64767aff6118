export { Connection } from "./connection.ts";
export { StateError } from "./errors.ts";
export type { CloseRecord, ConnectionHandler } from "./handler.ts";
export type { ConnectionOptions } from "./options.ts";
export { OctetQueue, type Outbox } from "./outbox.ts";
export { type ConnectionState, type Occasion, type Role, TRANSITIONS } from "./state.ts";
export { createStringCodec, type TextCodec } from "./text.ts";
export { ATTACH_FROM } from "./writer.ts";
