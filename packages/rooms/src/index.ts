export {
  type Backplane,
  BackplaneError,
  type BackplaneErrorCode,
  type BackplaneEvents,
  type BackplaneState,
} from "./backplane.ts";
export { formatId, type IdParts, IdSource, type IdSourceOptions, parseId } from "./ids.ts";
export { LocalBackplane, type LocalBackplaneOptions } from "./local-backplane.ts";
export { type Appended, MemoryLog, type MemoryLogOptions, type RoomLog } from "./memory-log.ts";
export type {
  History,
  HistoryRange,
  Member,
  PresenceChange,
  RoomData,
  RoomMessage,
  RoomSignal,
} from "./message.ts";
export type {
  EventResult,
  JoinOptions,
  JoinReport,
  LeaveReason,
  RoomsCounters,
  RoomsEvents,
  RoomsOptions,
  SendableOf,
  SlowPolicy,
} from "./options.ts";
export { Rooms } from "./rooms.ts";
export type { RoomSocket } from "./socket.ts";
