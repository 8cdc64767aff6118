import type { Compression } from "../wire/compression.ts";
import { OPCODE } from "../wire/frame.ts";
import { FrameReader, type ReceivedFrame } from "../wire/frame-reader.ts";
import { concat } from "../wire/octets.ts";
import { brokenRule, closeCode, type PeerRules } from "../wire/rules.ts";
import type { Heard } from "./events.ts";
import type { WireLog } from "./log.ts";

/** What a peer has done so far. */
export interface PeerHandler {
  heard(event: Heard): void;
  ping(payload: Uint8Array): void;
  /** The code is null for a Close frame without one. */
  closed(code: number | null, payload: Uint8Array): void;
}

/** The octets of a peer as events. The first rule that it breaks is the last event. */
export class Peer {
  /** The masking keys of its frames, in their order. */
  readonly keys: number[] = [];
  readonly #reader = new FrameReader();
  readonly #rules: PeerRules;
  readonly #compression: Compression | null;
  readonly #handler: PeerHandler;
  readonly #log: WireLog;
  #message: { opcode: number; compressed: boolean; parts: Uint8Array[] } | null = null;
  #closed = false;
  #broken = false;

  constructor(rules: PeerRules, compression: Compression | null, handler: PeerHandler, log: WireLog) {
    this.#rules = rules;
    this.#compression = compression;
    this.#handler = handler;
    this.#log = log;
  }

  receive(octets: Uint8Array): void {
    if (this.#broken) return;
    if (this.#closed) {
      this.#log.octets("peer", octets);
      this.#break("octets follow the Close frame (RFC 6455 section 5.5.1)");
      return;
    }
    try {
      for (const frame of this.#reader.receive(octets)) {
        this.#log.frame("peer", frame, frame.key);
        this.#take(frame);
        if (this.#broken) return;
      }
    } catch (error) {
      this.#break(error instanceof Error ? error.message : String(error));
    }
  }

  /** Whether TCP ended inside a frame. */
  get unfinished(): Uint8Array {
    return this.#reader.rest;
  }

  #take(frame: ReceivedFrame): void {
    if (this.#closed) return this.#break("a frame follows the Close frame (RFC 6455 section 5.5.1)");
    const rule = brokenRule(frame, this.#rules, this.#message !== null);
    if (rule !== null) return this.#break(rule);
    if (frame.key !== null) this.keys.push(frame.key);
    const { opcode, payload } = frame;
    if (opcode === OPCODE.ping) this.#handler.ping(payload);
    else if (opcode === OPCODE.pong) this.#handler.heard({ kind: "pong", payload });
    else if (opcode === OPCODE.close) {
      this.#closed = true;
      this.#handler.closed(closeCode(payload), payload);
    } else this.#takeFragment(frame);
  }

  #takeFragment({ fin, rsv, opcode, payload }: ReceivedFrame): void {
    this.#message ??= { opcode, compressed: rsv !== 0, parts: [] };
    const message = this.#message;
    message.parts.push(payload);
    if (!fin) return;
    this.#message = null;
    const [first] = message.parts;
    const joined = message.parts.length === 1 && first !== undefined ? first : concat(...message.parts);
    let whole = joined;
    if (message.compressed && this.#compression !== null) {
      try {
        whole = this.#compression.decompress(joined);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return this.#break(`a message cannot be inflated: ${reason} (RFC 7692 section 7.2)`);
      }
    }
    this.#handler.heard({ kind: "message", opcode: message.opcode, payload: whole });
  }

  #break(rule: string): void {
    this.#broken = true;
    this.#handler.heard({ kind: "broken", rule });
  }
}
