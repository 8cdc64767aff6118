import type { ConnectionCase, Event, Role, Rounds, Step } from "../cases/case.ts";
import { corpusReader } from "../cases/corpora.ts";
import type { Compression } from "../wire/compression.ts";
import { closePayload, OPCODE } from "../wire/frame.ts";
import { concat } from "../wire/octets.ts";
import { fitsOutcome, type Heard, isPrefix, octetsOf, sameEvent } from "./events.ts";
import type { Ended } from "./judge.ts";
import type { Line } from "./line.ts";
import { WireLog } from "./log.ts";
import { Peer } from "./peer.ts";
import { Sender } from "./sender.ts";

/** How cases are run. */
export interface SessionSettings {
  /** The kit's side. */
  readonly kit: Role;
  /** How long the peer may take for what it has to do, in milliseconds. */
  readonly patience: number;
  /** The most octets that one series of compressed messages has before they are compressed. */
  readonly volume: number;
  readonly random: () => number;
}

/** While nothing at all arrives, a case waits so many times the patience. */
const STALL = 5;
const FEWEST_ROUNDS = 16;
/** Between the two writes of a cut, so that they arrive apart. */
const APART_MS = 1;

/** Runs one case on an open connection, up to the end of TCP. It decides nothing but what to do next. */
export class Session {
  readonly log: WireLog;
  readonly #item: ConnectionCase;
  readonly #line: Line;
  readonly #settings: SessionSettings;
  readonly #compression: Compression | null;
  readonly #sender: Sender;
  readonly #peer: Peer;
  readonly #heard: Heard[] = [];
  readonly #begun: number;
  #active: number;
  #wake: () => void = () => {};
  #woken: Promise<void> = Promise.resolve();
  #first: "kit" | "peer" | null = null;
  #closeSent = false;
  #closeReceived: { readonly code: number | null } | null = null;
  #tcp: "open" | "end" | "reset" = "open";
  #endedByKit = false;
  #dropped = false;

  constructor(item: ConnectionCase, line: Line, compression: Compression | null, settings: SessionSettings) {
    this.#item = item;
    this.#line = line;
    this.#settings = settings;
    this.#compression = compression;
    this.#begun = line.now();
    this.#active = this.#begun;
    this.log = new WireLog(() => line.now() - this.#begun);
    this.#sender = new Sender(line, this.log, { ...settings, delivery: item.delivery });
    const rules = { masks: settings.kit === "server", deflate: compression !== null };
    this.#peer = new Peer(
      rules,
      compression,
      {
        heard: (event) => this.#heard.push(event),
        ping: (payload) => this.#pong(payload),
        closed: (code, payload) => this.#answerClose(code, payload),
      },
      this.log,
    );
    this.#sleepAgain();
    line.listener = {
      received: (octets) => {
        this.#active = line.now();
        this.#peer.receive(octets);
        this.#changed();
      },
      ended: (how) => this.#ended(how),
    };
  }

  /** @param early what arrived together with the opening handshake */
  async run(early: Uint8Array = new Uint8Array()): Promise<Ended> {
    if (early.length > 0) this.#peer.receive(early);
    for (const step of this.#item.steps) {
      if (this.#over) break;
      await this.#do(step);
    }
    await this.#flush();
    await this.#conclude();
    this.#line.listener = null;
    this.#line.destroy();
    return {
      heard: this.#heard,
      keys: this.#peer.keys,
      first: this.#first,
      clean: this.#closeSent && this.#closeReceived !== null,
      code: this.#closeReceived?.code ?? null,
      tcp: this.#tcp,
      dropped: this.#dropped,
      duration: this.#line.now() - this.#begun,
    };
  }

  /** Whether there is no use in going on with the steps. */
  get #over(): boolean {
    return this.#closeReceived !== null || this.#tcp !== "open" || this.#diverged;
  }

  get #mayClose(): boolean {
    return this.#item.outcomes.some(({ ending }) => ending.by !== "peer");
  }

  /** Whether what was heard is not even the beginning of what could be right. */
  get #diverged(): boolean {
    return !this.#item.outcomes.some(({ events }) => isPrefix(this.#heard, events));
  }

  async #do(step: Step): Promise<void> {
    switch (step.kind) {
      case "frame":
        this.#sender.frame(step.frame, step.from, step.to);
        // A Close frame that is wrong does not begin to close: the peer has to fail the connection.
        if (step.frame.opcode === OPCODE.close && this.#mayClose) this.#closing();
        return;
      case "message":
        this.#sender.message(step.opcode, octetsOf(step.payload), {
          fragment: step.fragment,
          compression: step.compressed ? this.#compression : null,
        });
        return;
      case "wait":
        return this.#pause(step);
      case "rounds":
        return this.#rounds(step.rounds, step.mark);
      case "every-cut":
        return this.#everyCut(step);
      default:
        await this.#flush();
        this.log.end("kit", "ends its half of TCP");
        this.#endedByKit = true;
        this.#line.end();
    }
  }

  async #pause({
    ms,
    events = Number.POSITIVE_INFINITY,
    mark,
  }: Extract<Step, { kind: "wait" }>): Promise<void> {
    await this.#flush();
    const deadline = this.#line.now() + ms;
    await this.#until(
      () => this.#over || this.#heard.length >= events,
      () => deadline,
    );
    if (mark !== undefined && !this.#over) this.#heard.push({ kind: "mark", name: mark });
  }

  async #rounds({ opcode, count, fragment, compressed, content }: Rounds, mark: string): Promise<void> {
    const next = "corpus" in content ? corpusReader(content.corpus, content.length) : () => octetsOf(content);
    const { volume } = this.#settings;
    const most = compressed ? Math.max(FEWEST_ROUNDS, Math.floor(volume / content.length)) : count;
    if (most < count) this.log.note(`${most} of ${count} messages are sent, for the sake of time`);
    for (let round = 0; round < Math.min(count, most); round++) {
      const payload = next();
      const before = this.#heard.length;
      const compression = compressed ? this.#compression : null;
      this.#sender.message(opcode, payload, { fragment, compression });
      await this.#flush();
      if (!(await this.#consume(before, [{ kind: "message", opcode, payload }]))) return;
    }
    this.#heard.push({ kind: "mark", name: mark });
  }

  async #everyCut({ frames, events, mark }: Extract<Step, { kind: "every-cut" }>): Promise<void> {
    await this.#flush();
    const octets = concat(...frames.map((frame) => this.#sender.encode(frame).octets));
    for (let cut = 1; cut < octets.length; cut++) {
      const before = this.#heard.length;
      if (cut > 1) this.log.note(`the same, cut at octet ${cut}`);
      this.#line.write(octets.subarray(0, cut));
      await this.#line.wait(APART_MS, new Promise(() => {}));
      this.#line.write(octets.subarray(cut));
      if (!(await this.#consume(before, events))) return;
    }
    this.#heard.push({ kind: "mark", name: mark });
  }

  /** Waits for these events after the first ones, and takes them away; false when others came, or none in time. */
  async #consume(before: number, events: readonly Event[]): Promise<boolean> {
    const due = (): boolean => this.#heard.length - before >= events.length;
    const gone = (): boolean => this.#closeReceived !== null || this.#tcp !== "open";
    await this.#until(
      () => due() || gone() || this.#heard.at(-1)?.kind === "broken",
      () => this.#givesUpAt,
    );
    const right = due() && events.every((event, i) => sameEvent(event, this.#heard[before + i]));
    if (right) this.#heard.splice(before, events.length);
    // What has not come is missed when the case is judged; what came too much is seen there.
    return right && !gone();
  }

  get #givesUpAt(): number {
    const { patience } = this.#settings;
    return Math.min(this.#begun + Math.max(patience, this.#item.limit), this.#active + STALL * patience);
  }

  /** From the last step to the end of TCP. */
  async #conclude(): Promise<void> {
    if (!this.#closeSent && !this.#endedByKit) await this.#untilClosing();
    if (this.#closeSent || this.#endedByKit) {
      await this.#until(
        () => this.#closeReceived !== null || this.#tcp !== "open",
        () => this.#givesUpAt,
      );
    }
    if (this.#tcp !== "open") return;
    const { kit, patience } = this.#settings;
    const byServer = kit === "server" && this.#closeSent && this.#closeReceived !== null;
    // RFC 6455 section 7.1.1: the server closes TCP first.
    if (byServer) this.#line.end();
    const from = this.#line.now();
    await this.#until(
      () => this.#tcp !== "open",
      () => from + (this.#item.silent ? this.#item.limit : patience),
    );
    if (this.#tcp !== "open" || byServer) return;
    this.#dropped = true;
    this.#first ??= "kit";
    this.log.end("kit", "drops TCP, since the peer did not end it");
  }

  /** Waits until somebody begins to close: the peer, or the kit when all is there or nothing can become right. */
  async #untilClosing(): Promise<void> {
    const { outcomes } = this.#item;
    const { patience } = this.#settings;
    while (this.#closeReceived === null && this.#tcp === "open") {
      const fitting = outcomes.filter((outcome) => fitsOutcome(this.#heard, outcome));
      const waitsForPeer = fitting.some(({ ending }) => ending.by !== "kit");
      if (this.#diverged || (fitting.length > 0 && !waitsForPeer)) return this.#close();
      const count = this.#heard.length;
      const from = this.#line.now();
      const until = waitsForPeer ? () => Math.min(from + patience, this.#givesUpAt) : () => this.#givesUpAt;
      const changed = await this.#until(
        () => this.#closeReceived !== null || this.#tcp !== "open" || this.#heard.length > count,
        until,
      );
      if (changed) continue;
      this.log.note("nothing more came in time");
      if (fitting.some(({ ending }) => ending.by !== "peer")) return this.#close();
      this.#first ??= "kit";
      this.#dropped = true;
      this.log.end("kit", "drops TCP");
      this.#line.destroy();
      this.#tcp = "reset";
    }
  }

  async #close(): Promise<void> {
    this.#sender.frame({ opcode: OPCODE.close, payload: closePayload(1000) });
    this.#closing();
    await this.#flush();
  }

  #closing(): void {
    this.#closeSent = true;
    this.#first ??= "kit";
  }

  #answerClose(code: number | null, payload: Uint8Array): void {
    this.#closeReceived = { code };
    this.#first ??= "peer";
    if (this.#closeSent || this.#item.silent) return;
    this.#closeSent = true;
    const { octets } = this.#sender.encode({
      opcode: OPCODE.close,
      payload: code === null ? payload : closePayload(code),
    });
    this.#line.write(octets);
  }

  #pong(payload: Uint8Array): void {
    if (this.#closeSent) return;
    this.#line.write(this.#sender.encode({ opcode: OPCODE.pong, payload }).octets);
  }

  #ended(how: "end" | "reset"): void {
    if (this.#tcp !== "open") return;
    this.#tcp = how;
    this.#first ??= "peer";
    this.log.end("peer", how === "end" ? "ends TCP" : "resets TCP");
    if (this.#peer.unfinished.length > 0) this.log.octets("peer", this.#peer.unfinished);
    this.#changed();
  }

  #flush(): Promise<void> {
    return this.#sender.flush(() => this.#tcp !== "open" || this.#closeReceived !== null);
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

  /** Waits for something; false when it has not happened at that time, which may be put off meanwhile. */
  async #until(happened: () => boolean, deadline: () => number): Promise<boolean> {
    while (!happened()) {
      const left = deadline() - this.#line.now();
      if (left <= 0) return false;
      await this.#line.wait(left, this.#woken);
    }
    return true;
  }
}
