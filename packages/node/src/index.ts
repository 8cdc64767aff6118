export { type CloseRecord, type ConnectionState, PreparedMessage, type Role } from "@plyws/connection";
export { CloseCode, type CloseInfo, ProtocolError } from "@plyws/frame";
export { HandshakeError, type OriginRule, type SubprotocolSelector } from "@plyws/handshake";
export {
  type Accept,
  type Acceptance,
  type ConnectionRequest,
  type HeaderInput,
  type Refusal,
  type RefuseOptions,
  refuse,
} from "./accept.ts";
export type { NodeServer } from "./attachment.ts";
export { type BroadcastPolicy, type BroadcastReport, broadcast, prepare } from "./broadcast.ts";
export {
  ConnectError,
  type ConnectErrorCode,
  type ConnectOptions,
  connect,
  ResponseError,
  type TlsSettings,
} from "./client.ts";
export type { WebSocketConnection } from "./connection.ts";
export type { EventResult, MessageData, WebSocketEvents } from "./events.ts";
export { listen } from "./listen.ts";
export type { ListenOptions } from "./listener.ts";
export { MessageStream } from "./message-stream.ts";
export type { ObservedClose, ObservedError, ObservedHandshake, ObservedOpen } from "./observe/channels.ts";
export type { ConnectionCounters, ServerCounters } from "./observe/counters.ts";
export { formatFrame } from "./observe/format.ts";
export type { Trace, Traced, TracedFrame, TracedViolation, TraceOptions } from "./observe/trace.ts";
export type { ConnectionLimits, OverflowPolicy } from "./options.ts";
export type { SendOptions, SendStatus } from "./outgoing.ts";
export type { LivenessOptions } from "./pulse.ts";
export type { AttemptContext, AttemptTarget, ReconnectingTarget } from "./reconnect/attempt.ts";
export { ReconnectingClient } from "./reconnect/client.ts";
export type { ReconnectingEnd, ReconnectingEvents, ReconnectingState } from "./reconnect/events.ts";
export type { QueueLimits } from "./reconnect/queue.ts";
export type { AttemptEnd } from "./reconnect/retry-policy.ts";
export type { ReconnectingOptions } from "./reconnect/settings.ts";
export type { ConnectionCounts } from "./registry.ts";
export type { StreamOptions } from "./request.ts";
export type { Sendable } from "./sendable.ts";
export { type AttachOptions, type ServerOptions, WebSocketServer } from "./server.ts";
export type { ShutdownOptions, ShutdownReport } from "./shutdown.ts";
export type { MessageSource } from "./source.ts";
export type { UpgradeOptions } from "./upgrade.ts";
export {
  type BinaryType,
  CloseEvent,
  type CloseEventInit,
  WebSocket,
  type WebSocketCloseInfo,
  WebSocketError,
  type WebSocketErrorEvent,
  type WebSocketEventMap,
  type WebSocketHandler,
  type WebSocketInit,
  type WebSocketOpenInfo,
  WebSocketStream,
  type WebSocketStreamOptions,
} from "./whatwg/index.ts";
