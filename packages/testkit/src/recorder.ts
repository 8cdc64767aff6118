/** What an endpoint tells its user, in a form that `toEqual` can compare. */
export type RecordedEvent =
  | { type: "text"; data: string }
  | { type: "binary"; data: Uint8Array }
  | { type: "ping"; data: Uint8Array }
  | { type: "pong"; data: Uint8Array }
  | { type: "closed"; code: number; reason: string; clean: boolean };

/** Keeps events in order. Octets are copied: they may be a view of a chunk that its owner reuses. */
export class EventRecorder {
  readonly events: RecordedEvent[] = [];

  text(data: string): void {
    this.events.push({ type: "text", data });
  }

  binary(data: Uint8Array): void {
    this.events.push({ type: "binary", data: data.slice() });
  }

  ping(data: Uint8Array): void {
    this.events.push({ type: "ping", data: data.slice() });
  }

  pong(data: Uint8Array): void {
    this.events.push({ type: "pong", data: data.slice() });
  }

  closed(code: number, reason: string, clean: boolean): void {
    this.events.push({ type: "closed", code, reason, clean });
  }

  /** The events since the last call. */
  take(): RecordedEvent[] {
    return this.events.splice(0);
  }
}
