import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  acceptUpgrade,
  formatExtensions,
  formatResponseHead,
  type HandshakeError,
  type HttpResponse,
  RequestReader,
  selectSubprotocol,
  type UpgradeOffer,
} from "@plyws/handshake";
import {
  type Accept,
  type Acceptance,
  connectionRequest,
  isAcceptance,
  Refusal,
  toHeaderFields,
} from "./accept.ts";
import { openConnection } from "./connection.ts";
import { EarlyOctets } from "./early.ts";
import type { WebSocketEvents } from "./events.ts";
import { HEAD_TIMEOUT } from "./listener.ts";
import { tellRefused, tellRequestError } from "./observe/channels.ts";
import type { Trace } from "./observe/trace.ts";
import type { Limits } from "./options.ts";
import { answer, BROKEN, FULL, NO_DECISION, NO_HEAD, refusal, SHUTTING_DOWN, TOO_MANY } from "./refusal.ts";
import type { Place, Registry } from "./registry.ts";
import type { ReceivedRequest, Source } from "./request.ts";
import { sha1 } from "./sha1.ts";
import type { UpgradePolicy } from "./upgrade.ts";
import { WaitingStream } from "./waiting.ts";
import { toError, warn } from "./warn.ts";

/** How many octets may come in before a request is decided on; the rest waits in the kernel. */
const MAX_EARLY_OCTETS = 65_536;

/** A stream that is to become a connection. */
interface Upgrade {
  readonly stream: Duplex;
  /** `null` as long as it is not read. */
  readonly request: ReceivedRequest | null;
  /** When it began, by `performance.now()`. */
  readonly begin: number;
}

/** A request that there is room for. */
interface Candidate<Data> extends Upgrade {
  readonly request: ReceivedRequest;
  readonly place: Place<Data>;
}

/** Leads requests for an upgrade to a connection or to a refusal. */
export class Upgrader<Data> {
  readonly #policy: UpgradePolicy<Data>;
  readonly #limits: Limits;
  readonly #events: WebSocketEvents<Data>;
  readonly #registry: Registry<Data>;
  readonly #trace: Trace<Data> | null;
  readonly #waiting = new Set<WaitingStream>();
  /** Refused, and not gone yet. */
  readonly #leaving = new Set<Duplex>();
  #closed = false;

  constructor(
    policy: UpgradePolicy<Data>,
    limits: Limits,
    events: WebSocketEvents<Data>,
    registry: Registry<Data>,
    trace: Trace<Data> | null,
  ) {
    this.#policy = policy;
    this.#limits = limits;
    this.#events = events;
    this.#registry = registry;
    this.#trace = trace;
  }

  /** Whether all requests are refused, because the server shuts down. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Refuses all requests from now on, and those that are not decided on yet. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting) waiting.cancel();
  }

  /** Destroys the streams of those that were refused, though they have not taken the answer yet. */
  cutOff(): void {
    for (const stream of this.#leaving) stream.destroy();
  }

  /** Takes over a stream with a request. Never throws. */
  handleRequest(request: ReceivedRequest, stream: Duplex, head: Uint8Array): void {
    takeOver(stream);
    this.#handle({ stream, request, begin: performance.now() }, request, head);
  }

  /** Takes over a stream that begins with a request. Never throws. */
  handleStream(stream: Duplex, source: Source): void {
    takeOver(stream);
    const upgrade = { stream, request: null, begin: performance.now() };
    if (this.#closed) this.#answer(upgrade, SHUTTING_DOWN);
    else this.#read(upgrade, source);
  }

  /** Reads the head of a request. */
  #read(upgrade: Upgrade, source: Source): void {
    const reader = new RequestReader();
    const waiting = this.#wait(upgrade.stream, HEAD_TIMEOUT, (chunk) => {
      const read = reader.receive(chunk);
      if (read === null) return;
      // From here on in one go: nobody would hear of the end of the stream in between.
      this.#stop(waiting);
      if (!read.ok) return this.#answer(upgrade, refusalOf(read.error), read.error);
      const request = { head: read.head, ...source, message: null };
      this.#handle({ ...upgrade, request }, request, read.rest);
    });
    waiting.signal.addEventListener("abort", () => {
      this.#stop(waiting);
      this.#giveUp(upgrade, waiting, NO_HEAD);
    });
  }

  #handle(upgrade: Upgrade, request: ReceivedRequest, head: Uint8Array): void {
    if (this.#closed) return this.#answer(upgrade, SHUTTING_DOWN);
    const place = this.#registry.take(request.remoteAddress);
    if (typeof place === "number") return this.#answer(upgrade, place === 503 ? FULL : TOO_MANY);
    const candidate = { stream: upgrade.stream, begin: upgrade.begin, request, place };
    try {
      const checked = this.#policy.check(request);
      if (!checked.ok) this.#refuse(candidate, refusalOf(checked.error), checked.error);
      else if (this.#policy.accept === null) {
        // Without an `accept` function the type of the data is its default: undefined.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        this.#open(candidate, checked.offer, { data: undefined as Data }, head);
      } else void this.#decide(candidate, checked.offer, this.#policy.accept, head);
    } catch (error) {
      this.#broke(candidate, error);
    }
  }

  /** Asks the application. Never rejects. */
  async #decide(
    candidate: Candidate<Data>,
    offer: UpgradeOffer,
    accept: Accept<Data>,
    head: Uint8Array,
  ): Promise<void> {
    const { request, stream, place } = candidate;
    const early = new EarlyOctets(head);
    const waiting = this.#wait(stream, this.#policy.acceptTimeout, (chunk) => {
      early.push(chunk);
      if (early.size >= MAX_EARLY_OCTETS) stream.pause();
    });
    try {
      const asked = connectionRequest(request, offer, waiting.signal);
      const decision: unknown = await waiting.until(Promise.resolve(accept(asked)));
      this.#stop(waiting);
      if (waiting.end !== null) {
        place.leave();
        this.#giveUp(candidate, waiting, NO_DECISION);
      } else if (decision instanceof Refusal) this.#refuse(candidate, decision.toResponse());
      else if (isAcceptance<Data>(decision)) this.#open(candidate, offer, decision, early.take());
      else throw new TypeError("accept gives an object with data, or what refuse gives, and nothing else");
    } catch (error) {
      this.#stop(waiting);
      this.#broke(candidate, error);
    }
  }

  /** @throws TypeError when the application's acceptance cannot be sent; nothing was sent then. */
  #open(
    candidate: Candidate<Data>,
    offer: UpgradeOffer,
    acceptance: Acceptance<Data>,
    head: Uint8Array,
  ): void {
    const { request, stream, place, begin } = candidate;
    const { data, subprotocol = selectSubprotocol(offer.subprotocols, this.#policy.subprotocols) } =
      acceptance;
    const headers = acceptance.headers === undefined ? undefined : toHeaderFields(acceptance.headers);
    // A function of the options may have closed the server just now.
    if (this.#closed) return this.#refuse(candidate, SHUTTING_DOWN);
    const deflate = this.#policy.deflate?.accept(offer.extensions) ?? null;
    const extensions = deflate === null ? [] : [deflate.extension];
    try {
      const choice = { subprotocol, headers, extensions };
      stream.write(Buffer.from(formatResponseHead(acceptUpgrade(offer, choice, { digest: sha1 })), "latin1"));
    } catch (error) {
      deflate?.transform.dispose();
      throw error;
    }
    openConnection({
      stream,
      head,
      role: "server",
      limits: this.#limits,
      events: this.#events,
      trace: this.#trace,
      place,
      url: offer.resourceName,
      subprotocol,
      extension: deflate?.transform ?? null,
      extensions: extensions.length === 0 ? "" : formatExtensions(extensions),
      remoteAddress: request.remoteAddress,
      data,
      request: request.message,
      begin,
    });
    stream.off("error", ignore);
  }

  #wait(stream: Duplex, timeout: number, onData: (chunk: Uint8Array) => void): WaitingStream {
    const waiting = new WaitingStream(stream, timeout, onData);
    this.#waiting.add(waiting);
    return waiting;
  }

  #stop(waiting: WaitingStream): void {
    waiting.stop();
    this.#waiting.delete(waiting);
  }

  /** Nothing came of a wait. */
  #giveUp(upgrade: Upgrade, { end, signal }: WaitingStream, tooLate: HttpResponse): void {
    if (end !== "gone") return this.#answer(upgrade, end === "late" ? tooLate : SHUTTING_DOWN);
    upgrade.stream.destroy();
    this.#refused(upgrade, 0, toError(signal.reason));
  }

  #refuse(candidate: Candidate<Data>, response: HttpResponse, error: Error | null = null): void {
    candidate.place.leave();
    this.#answer(candidate, response, error);
  }

  #answer(upgrade: Upgrade, response: HttpResponse, error: Error | null = null): void {
    const { stream } = upgrade;
    answer(stream, response);
    if (!stream.destroyed) {
      this.#leaving.add(stream);
      stream.once("close", () => this.#leaving.delete(stream));
    }
    this.#refused(upgrade, response.status, error);
  }

  #refused({ request, begin }: Upgrade, status: number, error: Error | null): void {
    this.#registry.refused();
    tellRefused(request, status, error, begin);
  }

  /** A function of the application failed: nobody gets in by that, and the process lives. */
  #broke(candidate: Candidate<Data>, thrown: unknown): void {
    const error = toError(thrown);
    warn("A function in the options of a WebSocket server failed", error);
    tellRequestError(candidate.request.message, error);
    this.#refuse(candidate, BROKEN, error);
  }
}

/** Makes a stream ours, whoever had it before. */
function takeOver(stream: Duplex): void {
  // From here on a reset must find a listener, or it would end the process.
  stream.on("error", ignore);
  // An HTTP server has time limits of its own for its sockets.
  if (stream instanceof Socket) stream.setTimeout(0).setNoDelay(true);
}

function refusalOf({ status, message, headers }: HandshakeError): HttpResponse {
  return refusal(status, message, headers);
}

function ignore(): void {}
