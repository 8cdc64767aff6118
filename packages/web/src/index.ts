export type { CloseRecord, ConnectionState, MessageExtension, Role } from "@plyws/connection";
export { CloseCode, type CloseInfo, ProtocolError } from "@plyws/frame";
export {
  HandshakeError,
  type OriginRule,
  type SubprotocolSelector,
  type UpgradeOffer,
} from "@plyws/handshake";
export { type Acceptance, type AcceptOptions, acceptWebSocket } from "./accept.ts";
export { type ConnectOptions, connectWebSocket } from "./connect.ts";
export type { ReceiveOptions, SendOptions, SendStatus, WebSocketConnection } from "./connection.ts";
export { OpeningError, type OpeningErrorCode } from "./errors.ts";
export type { HeaderInput } from "./headers.ts";
export type { MessageData } from "./incoming.ts";
export type { ConnectionLimits } from "./options.ts";
export { overStreams, type StreamOptions } from "./over-streams.ts";
export type { Signal } from "./platform.ts";
export type { ResponseLike } from "./response.ts";
export type { ByteStream, OctetReader, OctetWriter } from "./wire.ts";
