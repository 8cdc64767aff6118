export type { CloseRecord, ConnectionState, Role } from "@plyws/connection";
export { CloseCode, type CloseInfo, ProtocolError } from "@plyws/frame";
export { HandshakeError, type OriginRule, type SubprotocolSelector } from "@plyws/handshake";
export {
  type Accept,
  type Acceptance,
  type ConnectionRequest,
  type Headers,
  type Refusal,
  type RefuseOptions,
  refuse,
} from "./accept.ts";
export { type ConnectOptions, connect } from "./client.ts";
export type { Sendable, WebSocketConnection } from "./connection.ts";
export type { MessageData, WebSocketEvents } from "./events.ts";
export { listen } from "./listen.ts";
export type { ListenOptions } from "./listener.ts";
export type { ConnectionLimits } from "./options.ts";
export type { ConnectionCounts } from "./registry.ts";
export { type AttachOptions, type ServerOptions, WebSocketServer } from "./server.ts";
export type { ShutdownOptions, ShutdownReport } from "./shutdown.ts";
export type { SendStatus } from "./transport.ts";
export type { UpgradeOptions } from "./upgrade.ts";
