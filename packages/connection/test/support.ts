import {
  concat,
  EventRecorder,
  type FrameOptions,
  MASK,
  type ParsedFrame,
  parseFrames,
  type RecordedEvent,
} from "@plyws/testkit";
import {
  type CloseRecord,
  Connection,
  type ConnectionHandler,
  type ConnectionOptions,
  OctetQueue,
  type Role,
} from "../src/index.ts";

export const ROLES = ["client", "server"] as const;

/** What frames towards a connection of this role need: those to a server are masked. */
export function towards(role: Role): FrameOptions {
  return { mask: role === "server" ? MASK : null };
}

export interface Setup {
  readonly connection: Connection;
  readonly outbox: OctetQueue;
  /** All events but `closed`, in order; octets are copied. */
  readonly events: readonly RecordedEvent[];
  /** The records of `closed`: one at most, unless something is wrong. */
  readonly records: readonly CloseRecord[];
  /** The frames that were queued since the last call, read back by the test kit. */
  readonly sent: () => ParsedFrame[];
}

/** What a test does inside an event, after it was recorded. */
export type During = Partial<Record<"text" | "binary" | "ping" | "pong" | "closed", () => void>>;

export function setUp(role: Role, during: During = {}, options: Partial<ConnectionOptions> = {}): Setup {
  const recorder = new EventRecorder();
  const records: CloseRecord[] = [];
  const outbox = new OctetQueue();
  const handler: ConnectionHandler = {
    text(data) {
      recorder.text(data);
      during.text?.();
    },
    binary(data) {
      recorder.binary(data);
      during.binary?.();
    },
    ping(payload) {
      recorder.ping(payload);
      during.ping?.();
    },
    pong(payload) {
      recorder.pong(payload);
      during.pong?.();
    },
    closed(record) {
      records.push(record);
      during.closed?.();
    },
  };
  const connection = new Connection({ ...options, role }, handler, outbox);
  const sent = () => parseFrames(concat(...outbox.take()));
  return { connection, outbox, events: recorder.events, records, sent };
}

/** The texts among the events. */
export function texts(events: readonly RecordedEvent[]): string[] {
  return events.flatMap((event) => (event.type === "text" ? [event.data] : []));
}
