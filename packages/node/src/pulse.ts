import { CloseCode } from "@plyws/frame";
import type { Transport } from "./transport.ts";

/** How long a connection may be silent, idle or alive. All in milliseconds; 0 switches a limit off. */
export interface LivenessOptions {
  /** How long nothing may have come from the peer before it gets a Ping. Default 30000. */
  readonly pingInterval?: number | undefined;
  /** How long nothing may come after that Ping before the connection is given up. Any octet counts. Default 15000. */
  readonly pongTimeout?: number | undefined;
  /** How long no message may go either way before the connection is closed with 1001. Default 0: no limit. */
  readonly idleTimeout?: number | undefined;
  /** How long a connection may last before it is closed with 1001. Default 0: no limit. */
  readonly maxAge?: number | undefined;
}

export type LivenessLimits = { readonly [Name in keyof LivenessOptions]-?: number };

/** How often the connections of the thread are looked at, in milliseconds: limits are kept to within two of these. */
const TICK = 1000;

/** A Ping whose Pong is awaited. */
interface SentPing {
  readonly id: number;
  readonly sentAt: number;
  readonly resolve: ((roundTripTime: number | null) => void) | null;
}

/**
 * Whether the peer of one connection is there. Time is counted in ticks of this thread: while its own event loop was
 * blocked no time passes, so a peer is not blamed for what we were too busy to read.
 */
export class Pulse {
  /** In milliseconds, of the latest Ping that was answered; `null` before. */
  roundTripTime: number | null = null;
  /** Set by the transport: something, or a message, came or went since the latest tick. */
  heard = false;
  active = false;
  readonly #transport: Transport<unknown>;
  readonly #limits: LivenessLimits;
  /** How long nothing has come since the latest Ping of the keepalive. */
  #silence = 0;
  #idleness = 0;
  #age = 0;
  /** How long the Ping of the keepalive has been waiting; -1 when none has. */
  #waited = -1;
  /** In the order in which they were sent; `null` when there are none. */
  #pings: SentPing[] | null = null;
  #nextId = 1;

  constructor(transport: Transport<unknown>, limits: LivenessLimits) {
    this.#transport = transport;
    this.#limits = limits;
    watch(this);
  }

  /** Sends a Ping; resolves with the round-trip time, or `null` when the connection ended before. */
  ping(): Promise<number | null> {
    return new Promise((resolve) => {
      if (!this.#send(resolve)) resolve(null);
    });
  }

  /** A Pong came. It answers its own Ping and all before (RFC 6455 section 5.5.3). */
  pong(payload: Uint8Array): void {
    if (payload.length !== 4) return;
    const id = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    const pings = this.#pings;
    const at = pings?.findIndex((ping) => ping.id === id) ?? -1;
    if (pings === null || at === -1) return;
    const now = performance.now();
    for (const { sentAt, resolve } of pings.splice(0, at + 1)) {
      this.roundTripTime = now - sentAt;
      resolve?.(this.roundTripTime);
    }
    if (pings.length === 0) this.#pings = null;
  }

  /** The connection has ended. */
  end(): void {
    unwatch(this);
    const pings = this.#pings ?? [];
    this.#pings = null;
    for (const { resolve } of pings) resolve?.(null);
  }

  /** @param elapsed milliseconds since the latest tick */
  tick(elapsed: number): void {
    const { pingInterval, pongTimeout, idleTimeout, maxAge } = this.#limits;
    // One that takes what was stuck is there.
    const heard = this.heard || this.#transport.outbox.unstuck();
    this.#silence = heard ? 0 : this.#silence + elapsed;
    this.#idleness = this.active ? 0 : this.#idleness + elapsed;
    this.#age += elapsed;
    // A peer that is not read cannot be heard. It gets Pings all the same: nothing else shows that it has gone. But one
    // that takes nothing of what waits for it is not there, whether it is read or not.
    if (heard || !(this.#transport.listening || this.#transport.outbox.stuck)) this.#waited = -1;
    else if (this.#waited >= 0) this.#waited += elapsed;
    this.heard = false;
    this.active = false;

    if (pongTimeout > 0 && this.#waited >= pongTimeout) {
      const seconds = Math.round((pingInterval + this.#waited) / 1000);
      this.#transport.terminate(
        new Error(`Nothing came from the peer for ${seconds} s, not even the answer to a Ping`),
      );
    } else if (maxAge > 0 && this.#age >= maxAge)
      this.#transport.close(CloseCode.GoingAway, "maximum age reached");
    else if (idleTimeout > 0 && this.#idleness >= idleTimeout)
      this.#transport.close(CloseCode.GoingAway, "idle");
    else if (pingInterval > 0 && this.#silence >= pingInterval && this.#waited < 0) this.#keepAlive();
  }

  #keepAlive(): void {
    // One at a time: a peer that is not read for long must not cost more and more.
    this.#pings = this.#pings?.filter(({ resolve }) => resolve !== null) ?? null;
    if (this.#send(null)) {
      this.#silence = 0;
      this.#waited = 0;
    }
  }

  #send(resolve: SentPing["resolve"]): boolean {
    const id = this.#nextId++ >>> 0;
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, id);
    if (!this.#transport.sendPing(payload)) return false;
    const ping = { id, sentAt: performance.now(), resolve };
    if (this.#pings === null) this.#pings = [ping];
    else this.#pings.push(ping);
    return true;
  }
}

// One timer for all connections of the thread: theirs would cost memory each, and work at every message.
const watched = new Set<Pulse>();
let timer: NodeJS.Timeout | null = null;
let tickedAt = 0;

function watch(pulse: Pulse): void {
  watched.add(pulse);
  if (timer !== null) return;
  tickedAt = milliseconds();
  // It alone must not keep the process alive; a connection does that by its socket.
  timer = setInterval(tickAll, TICK).unref();
}

function unwatch(pulse: Pulse): void {
  watched.delete(pulse);
  if (watched.size > 0 || timer === null) return;
  clearInterval(timer);
  timer = null;
}

function tickAll(): void {
  const at = milliseconds();
  // A tick that comes late means that this thread was blocked: that time is nobody's silence.
  const elapsed = Math.min(at - tickedAt, 2 * TICK);
  tickedAt = at;
  // What has come meanwhile is read first, and counts.
  setImmediate(() => {
    for (const pulse of watched) pulse.tick(elapsed);
  });
}

/** In whole milliseconds: a fraction in a field would be an object of its own, three on every connection. */
function milliseconds(): number {
  return Math.round(performance.now());
}
