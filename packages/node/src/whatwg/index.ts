export { type WebSocketCloseInfo, WebSocketError } from "./error.ts";
export {
  CloseEvent,
  type CloseEventInit,
  type WebSocketErrorEvent,
  type WebSocketEventMap,
} from "./events.ts";
export type { WebSocketInit } from "./init.ts";
export { type WebSocketOpenInfo, WebSocketStream, type WebSocketStreamOptions } from "./stream.ts";
export { type BinaryType, WebSocket, type WebSocketHandler } from "./websocket.ts";
