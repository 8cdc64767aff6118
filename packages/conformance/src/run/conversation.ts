import type { ConnectionCase, Role } from "../cases/case.ts";
import type { Compression } from "../wire/compression.ts";
import { closePayload, OPCODE } from "../wire/frame.ts";
import type { Heard } from "./events.ts";
import type { Line } from "./line.ts";
import { WireLog } from "./log.ts";
import { Peer } from "./peer.ts";
import { Sender } from "./sender.ts";

/** What a conversation has to know of its case and its side. */
export interface ConversationSettings {
  /** The kit's side. */
  readonly kit: Role;
  readonly delivery: ConnectionCase["delivery"];
  /** The peer's Close frame is not answered. */
  readonly silent: boolean;
  readonly random: () => number;
}

/** One connection as the kit sees it: what was heard, who closes, and what has to be answered at once. */
export class Conversation {
  readonly log: WireLog;
  readonly sender: Sender;
  readonly heard: Heard[] = [];
  readonly begun: number;
  /** When something was last received or sent. */
  active: number;
  /** Who began to close. */
  first: "kit" | "peer" | null = null;
  closeSent = false;
  closeReceived: { readonly code: number | null } | null = null;
  tcp: "open" | "end" | "reset" = "open";
  readonly #line: Line;
  readonly #peer: Peer;
  readonly #silent: boolean;
  #wake: () => void = () => {};
  #woken: Promise<void> = Promise.resolve();

  constructor(line: Line, compression: Compression | null, settings: ConversationSettings) {
    this.#line = line;
    this.#silent = settings.silent;
    this.begun = line.now();
    this.active = this.begun;
    this.log = new WireLog(() => line.now() - this.begun);
    this.sender = new Sender(line, this.log, settings);
    const rules = { masks: settings.kit === "server", deflate: compression !== null };
    this.#peer = new Peer(
      rules,
      compression,
      {
        heard: (event) => this.heard.push(event),
        ping: (payload) => this.#pong(payload),
        closed: (code, payload) => this.#answerClose(code, payload),
      },
      this.log,
    );
    this.#sleepAgain();
    line.listener = {
      received: (octets) => this.receive(octets),
      ended: (how) => this.#ended(how),
    };
  }

  /** Whether the peer has closed, or is gone. */
  get gone(): boolean {
    return this.closeReceived !== null || this.tcp !== "open";
  }

  /** The masking keys of the peer's frames. */
  get keys(): readonly number[] {
    return this.#peer.keys;
  }

  receive(octets: Uint8Array): void {
    this.active = this.#line.now();
    this.#peer.receive(octets);
    this.#changed();
  }

  /** Writes what is queued. */
  async flush(): Promise<void> {
    await this.sender.flush(() => this.gone);
    this.active = this.#line.now();
  }

  /** The kit has begun to close, unless the peer has. */
  closing(): void {
    this.closeSent = true;
    this.first ??= "kit";
  }

  /** Begins to close with 1000. */
  async close(): Promise<void> {
    this.sender.frame({ opcode: OPCODE.close, payload: closePayload(1000) });
    this.closing();
    await this.flush();
  }

  /** Gives TCP up. */
  drop(why: string): void {
    this.first ??= "kit";
    this.log.end("kit", why);
    this.stop();
    this.tcp = "reset";
  }

  /** Listens no more and lets go of the stream. */
  stop(): void {
    this.#line.listener = null;
    this.#line.destroy();
  }

  /** Waits for something; false when it has not happened at that time, which may be put off meanwhile. */
  async until(happened: () => boolean, deadline: () => number): Promise<boolean> {
    while (!happened()) {
      const left = deadline() - this.#line.now();
      if (left <= 0) return false;
      await this.#line.wait(left, this.#woken);
    }
    return true;
  }

  #answerClose(code: number | null, payload: Uint8Array): void {
    this.closeReceived = { code };
    this.first ??= "peer";
    if (this.closeSent || this.#silent) return;
    this.closeSent = true;
    const answer = { opcode: OPCODE.close, payload: code === null ? payload : closePayload(code) };
    this.#line.write(this.sender.encode(answer).octets);
  }

  #pong(payload: Uint8Array): void {
    if (this.closeSent) return;
    this.#line.write(this.sender.encode({ opcode: OPCODE.pong, payload }).octets);
  }

  #ended(how: "end" | "reset"): void {
    if (this.tcp !== "open") return;
    this.tcp = how;
    this.first ??= "peer";
    this.log.end("peer", how === "end" ? "ends TCP" : "resets TCP");
    if (this.#peer.unfinished.length > 0) this.log.octets("peer", this.#peer.unfinished);
    this.#changed();
  }

  #changed(): void {
    const wake = this.#wake;
    this.#sleepAgain();
    wake();
  }

  #sleepAgain(): void {
    this.#woken = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
