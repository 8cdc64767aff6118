export { Connection, type ConnectionOptions } from "./connection.ts";
export type { CloseRecord, ConnectionHandler } from "./handler.ts";
export { OctetQueue, type Outbox } from "./outbox.ts";
export { type ConnectionState, type Occasion, type Role, TRANSITIONS } from "./state.ts";
export { createStringCodec, type TextCodec } from "./text.ts";
export { ATTACH_FROM } from "./writer.ts";
