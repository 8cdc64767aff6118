import type { ConnectionCase, Event, Role, Rounds, Step } from "../cases/case.ts";
import { corpusReader } from "../cases/corpora.ts";
import type { Compression } from "../wire/compression.ts";
import { OPCODE } from "../wire/frame.ts";
import { concat } from "../wire/octets.ts";
import { Conversation } from "./conversation.ts";
import { fitsOutcome, isPrefix, octetsOf, sameEvent } from "./events.ts";
import type { Ended } from "./judge.ts";
import type { Line } from "./line.ts";
import type { WireLog } from "./log.ts";

/** How cases are run. */
export interface SessionSettings {
  /** The kit's side. */
  readonly kit: Role;
  /** How long the peer may take for what it has to do, in milliseconds. */
  readonly patience: number;
  /** The most octets that one series of compressed messages has before they are compressed. */
  readonly volume: number;
  /** Gives masking keys. */
  readonly random: () => number;
}

/** While nothing at all arrives, a case waits so many times the patience. */
const STALL = 5;
const FEWEST_ROUNDS = 16;
/** Between the two writes of a cut, so that they arrive apart. */
const APART_MS = 1;

/** Runs one case on an open connection, up to the end of TCP. It decides nothing but what to do next. */
export class Session {
  readonly #item: ConnectionCase;
  readonly #line: Line;
  readonly #settings: SessionSettings;
  readonly #compression: Compression | null;
  readonly #talk: Conversation;
  #endedByKit = false;
  #dropped = false;

  constructor(item: ConnectionCase, line: Line, compression: Compression | null, settings: SessionSettings) {
    this.#item = item;
    this.#line = line;
    this.#settings = settings;
    this.#compression = compression;
    const { delivery, silent = false } = item;
    this.#talk = new Conversation(line, compression, { ...settings, delivery, silent });
  }

  get log(): WireLog {
    return this.#talk.log;
  }

  /** @param early what arrived together with the opening handshake */
  async run(early: Uint8Array = new Uint8Array()): Promise<Ended> {
    const talk = this.#talk;
    if (early.length > 0) talk.receive(early);
    for (const step of this.#item.steps) {
      if (this.#over) break;
      await this.#do(step);
    }
    await talk.flush();
    await this.#conclude();
    talk.stop();
    return {
      heard: talk.heard,
      keys: talk.keys,
      first: talk.first,
      clean: talk.closeSent && talk.closeReceived !== null,
      code: talk.closeReceived?.code ?? null,
      tcp: talk.tcp,
      dropped: this.#dropped,
      duration: this.#line.now() - talk.begun,
    };
  }

  /** Whether there is no use in going on with the steps. */
  get #over(): boolean {
    return this.#talk.gone || this.#diverged;
  }

  /** Whether what was heard is not even the beginning of what could be right. */
  get #diverged(): boolean {
    return !this.#item.outcomes.some(({ events }) => isPrefix(this.#talk.heard, events));
  }

  /** Whether the case lets the kit begin to close. */
  get #mayClose(): boolean {
    return this.#item.outcomes.some(({ ending }) => ending.by !== "peer");
  }

  get #givesUpAt(): number {
    const { patience } = this.#settings;
    const { begun, active } = this.#talk;
    return Math.min(begun + Math.max(patience, this.#item.limit), active + STALL * patience);
  }

  async #do(step: Step): Promise<void> {
    const { sender, log } = this.#talk;
    switch (step.kind) {
      case "frame":
        sender.frame(step.frame, step.from, step.to);
        // A Close frame that is wrong does not begin to close: the peer has to fail the connection.
        if (step.frame.opcode === OPCODE.close && this.#mayClose) this.#talk.closing();
        return;
      case "message":
        sender.message(step.opcode, octetsOf(step.payload), {
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
        await this.#talk.flush();
        log.end("kit", "ends its half of TCP");
        this.#endedByKit = true;
        this.#line.end();
    }
  }

  async #pause({ ms, events = Infinity, mark }: Extract<Step, { kind: "wait" }>): Promise<void> {
    const { heard } = this.#talk;
    await this.#talk.flush();
    const deadline = this.#line.now() + ms;
    await this.#talk.until(
      () => this.#over || heard.length >= events,
      () => deadline,
    );
    if (mark !== undefined && !this.#over) heard.push({ kind: "mark", name: mark });
  }

  async #rounds({ opcode, count, fragment, compressed, content }: Rounds, mark: string): Promise<void> {
    const { heard, sender, log } = this.#talk;
    const next = "corpus" in content ? corpusReader(content.corpus, content.length) : () => octetsOf(content);
    const { volume } = this.#settings;
    const most = compressed ? Math.max(FEWEST_ROUNDS, Math.floor(volume / content.length)) : count;
    if (most < count) log.note(`${most} of ${count} messages are sent, for the sake of time`);
    for (let round = 0; round < Math.min(count, most); round++) {
      const payload = next();
      const before = heard.length;
      sender.message(opcode, payload, { fragment, compression: compressed ? this.#compression : null });
      await this.#talk.flush();
      if (!(await this.#consume(before, [{ kind: "message", opcode, payload }]))) return;
    }
    heard.push({ kind: "mark", name: mark });
  }

  async #everyCut({ frames, events, mark }: Extract<Step, { kind: "every-cut" }>): Promise<void> {
    const { heard, sender, log } = this.#talk;
    await this.#talk.flush();
    const octets = concat(...frames.map((frame) => sender.encode(frame).octets));
    for (let cut = 1; cut < octets.length; cut++) {
      const before = heard.length;
      if (cut > 1) log.note(`the same, cut at octet ${cut}`);
      this.#line.write(octets.subarray(0, cut));
      await this.#line.wait(APART_MS, new Promise(() => {}));
      this.#line.write(octets.subarray(cut));
      if (!(await this.#consume(before, events))) return;
    }
    heard.push({ kind: "mark", name: mark });
  }

  /** Waits for these events after the first ones, and takes them away; false when others came, or none in time. */
  async #consume(before: number, events: readonly Event[]): Promise<boolean> {
    const { heard } = this.#talk;
    const due = (): boolean => heard.length - before >= events.length;
    await this.#talk.until(
      () => due() || this.#talk.gone || heard.at(-1)?.kind === "broken",
      () => this.#givesUpAt,
    );
    const right = due() && events.every((event, i) => sameEvent(event, heard[before + i]));
    if (right) heard.splice(before, events.length);
    // What has not come is missed when the case is judged; what came too much is seen there.
    return right && !this.#talk.gone;
  }

  /** From the last step to the end of TCP. */
  async #conclude(): Promise<void> {
    const talk = this.#talk;
    if (!talk.closeSent && !this.#endedByKit) await this.#untilClosing();
    if (talk.closeSent || this.#endedByKit) {
      await talk.until(
        () => talk.gone,
        () => this.#givesUpAt,
      );
    }
    if (talk.tcp !== "open") return;
    const { kit, patience } = this.#settings;
    const byServer = kit === "server" && talk.closeSent && talk.closeReceived !== null;
    // RFC 6455 section 7.1.1: the server closes TCP first.
    if (byServer) this.#line.end();
    const deadline = this.#line.now() + (this.#item.silent ? this.#item.limit : patience);
    const ended = await talk.until(
      () => talk.tcp !== "open",
      () => deadline,
    );
    if (!ended && !byServer) this.#drop("drops TCP, since the peer did not end it");
  }

  /** Waits until somebody begins to close: the peer, or the kit when all is there or nothing can become right. */
  async #untilClosing(): Promise<void> {
    const talk = this.#talk;
    while (!talk.gone) {
      const fitting = this.#item.outcomes.filter((outcome) => fitsOutcome(talk.heard, outcome));
      const waitsForPeer = fitting.some(({ ending }) => ending.by !== "kit");
      if (this.#diverged || (fitting.length > 0 && !waitsForPeer)) return talk.close();
      const count = talk.heard.length;
      const patient = this.#line.now() + (waitsForPeer ? this.#settings.patience : Infinity);
      const changed = await talk.until(
        () => talk.gone || talk.heard.length > count,
        () => Math.min(patient, this.#givesUpAt),
      );
      if (changed) continue;
      talk.log.note("nothing more came in time");
      if (fitting.some(({ ending }) => ending.by !== "peer")) return talk.close();
      this.#drop("drops TCP");
    }
  }

  #drop(why: string): void {
    this.#dropped = true;
    this.#talk.drop(why);
  }
}
