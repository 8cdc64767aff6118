import type { CaseFrame, ConnectionCase, Role } from "../cases/case.ts";
import type { Compression } from "../wire/compression.ts";
import { encodeFrame, OPCODE } from "../wire/frame.ts";
import { concat } from "../wire/octets.ts";
import { octetsOf } from "./events.ts";
import type { Line } from "./line.ts";
import type { WireLog } from "./log.ts";

/** What is to be sent, as writes in the manner of a case. */
export class Sender {
  readonly #line: Line;
  readonly #log: WireLog;
  readonly #delivery: ConnectionCase["delivery"];
  readonly #masks: boolean;
  readonly #random: () => number;
  #pending: Uint8Array[] = [];

  constructor(
    line: Line,
    log: WireLog,
    settings: {
      readonly kit: Role;
      readonly delivery: ConnectionCase["delivery"];
      readonly random: () => number;
    },
  ) {
    this.#line = line;
    this.#log = log;
    this.#delivery = settings.delivery;
    this.#masks = settings.kit === "client";
    this.#random = settings.random;
  }

  /** Puts a frame into the queue. With a range only those octets of its payload, and the header if it begins at 0. */
  frame(frame: CaseFrame, from?: number, to?: number): void {
    const { octets, headerSize } = this.encode(frame, from !== undefined);
    if (from === undefined) this.#pending.push(octets);
    else
      this.#pending.push(
        octets.subarray(from === 0 ? 0 : headerSize + from, to === undefined ? undefined : headerSize + to),
      );
  }

  /**
   * Puts the frames of a message into the queue. As with the Autobahn suite an empty last fragment follows when the
   * others have all octets.
   */
  message(
    opcode: number,
    payload: Uint8Array,
    { fragment, compression }: { readonly fragment: number; readonly compression: Compression | null },
  ): void {
    const octets = compression === null ? payload : compression.compress(payload);
    const size = fragment === 0 ? octets.length + 1 : fragment;
    for (let at = 0; at <= octets.length; at += size) {
      this.frame({
        opcode: at === 0 ? opcode : OPCODE.continuation,
        fin: at + size > octets.length,
        rsv: at === 0 && compression !== null ? 4 : 0,
        payload: octets.subarray(at, at + size),
      });
    }
  }

  /** The octets of a frame, which is logged as sent. */
  encode(frame: CaseFrame, part = false): { octets: Uint8Array; headerSize: number } {
    const { mask = "role" } = frame;
    const masked = mask === "always" || (mask === "role" && this.#masks);
    const key = masked ? (frame.key ?? this.#random()) : null;
    const payload = octetsOf(frame.payload);
    const fields = { ...frame, payload };
    this.#log.frame("kit", fields, key, part);
    const octets = encodeFrame(fields, key);
    return { octets, headerSize: octets.length - payload.length };
  }

  /** Writes the queue. With one octet at a time that takes as many turns. */
  async flush(stopped: () => boolean): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    if (this.#delivery === "joined") {
      const [first] = pending;
      this.#line.write(pending.length === 1 && first !== undefined ? first : concat(...pending));
      return;
    }
    if (this.#delivery === "framewise") {
      for (const octets of pending) {
        if (stopped()) return;
        this.#line.write(octets);
        await this.#line.turn();
      }
      return;
    }
    await this.#chopped(concat(...pending), this.#delivery.chop, stopped);
  }

  async #chopped(octets: Uint8Array, size: number, stopped: () => boolean): Promise<void> {
    for (let at = 0; at < octets.length && !stopped(); at += size) {
      this.#line.write(octets.subarray(at, at + size));
      await this.#line.turn();
    }
  }
}
