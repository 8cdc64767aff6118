import type { Duplex } from "node:stream";
import type { CloseRecord } from "@plyws/connection";
import { SocketOutbox } from "../outbox.ts";
import { Transport, type Wire } from "../transport.ts";
import type { TransportEvents } from "../transport-events.ts";
import { FrameScanner } from "./frame-scanner.ts";
import type { Traced } from "./trace.ts";

/** Shows every frame that is queued. */
class TracedOutbox extends SocketOutbox {
  readonly #scanner: FrameScanner;
  #at = 0;

  constructor(stream: Duplex, scanner: FrameScanner) {
    super(stream);
    this.#scanner = scanner;
  }

  override reserve(size: number): number {
    this.#at = super.reserve(size);
    return this.#at;
  }

  override commit(size: number): void {
    const octets = this.bytes.subarray(this.#at, this.#at + size);
    super.commit(size);
    this.#scanner.receive(octets);
  }

  override attach(payload: Uint8Array): void {
    super.attach(payload);
    this.#scanner.receive(payload);
  }
}

/** A transport of which every frame is shown. Others share no code with it that would have to ask whether they are. */
export class TracedTransport<Owner> extends Transport<Owner> {
  readonly #received: FrameScanner;
  readonly #sent: FrameScanner;

  constructor(wire: Wire, owner: Owner, events: TransportEvents<Owner>, trace: (traced: Traced) => void) {
    const sent = new FrameScanner("sent", trace);
    super(wire, owner, events, new TracedOutbox(wire.stream, sent));
    this.#sent = sent;
    this.#received = new FrameScanner("received", trace);
  }

  override receive(chunk: Uint8Array): void {
    // Before the connection unmasks it in place.
    this.#received.receive(chunk);
    super.receive(chunk);
  }

  override closed(record: CloseRecord): void {
    this.#received.end();
    this.#sent.end();
    super.closed(record);
  }
}
