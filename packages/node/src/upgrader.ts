import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  acceptUpgrade,
  encodeResponse,
  type HttpResponse,
  selectSubprotocol,
  type UpgradeOffer,
} from "@plyws/handshake";
import { type Accept, type Acceptance, connectionRequest, Refusal, toHeaderFields } from "./accept.ts";
import { openConnection } from "./connection.ts";
import type { WebSocketEvents } from "./events.ts";
import { tellRefused, tellRequestError } from "./observe/channels.ts";
import type { Trace } from "./observe/trace.ts";
import type { Limits } from "./options.ts";
import { answer, refusal } from "./refusal.ts";
import type { Place, Registry } from "./registry.ts";
import { sha1 } from "./sha1.ts";
import type { UpgradePolicy } from "./upgrade.ts";
import { WaitingStream } from "./waiting.ts";
import { toError, warn } from "./warn.ts";

/** A request, and what belongs to it. */
interface Upgrade {
  readonly message: IncomingMessage;
  readonly stream: Duplex;
  /** When it came, by `performance.now()`. */
  readonly begin: number;
}

/** A request that there is room for. */
interface Candidate<Data> extends Upgrade {
  readonly place: Place<Data>;
}

/** Leads requests for an upgrade to a connection or to a refusal. */
export class Upgrader<Data> {
  /** Whether all requests are refused, because the server shuts down. */
  closing = false;
  readonly #policy: UpgradePolicy<Data>;
  readonly #limits: Limits;
  readonly #events: WebSocketEvents<Data>;
  readonly #registry: Registry<Data>;
  readonly #trace: Trace<Data> | null;

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

  /** Takes over a stream with a request. Never throws. */
  handle(message: IncomingMessage, stream: Duplex, head: Uint8Array): void {
    // From here on a reset must find a listener, or it would end the process.
    stream.on("error", ignore);
    const upgrade: Upgrade = { message, stream, begin: performance.now() };
    if (this.closing) return this.#answer(upgrade, GOING_AWAY);
    const place = this.#registry.take(message.socket.remoteAddress ?? "");
    if (typeof place === "number") return this.#answer(upgrade, place === 503 ? FULL : TOO_MANY);
    const candidate = { ...upgrade, place };
    try {
      const checked = this.#policy.check(message);
      if (!checked.ok) {
        const { status, message: text, headers } = checked.error;
        this.#refuse(candidate, refusal(status, text, headers), checked.error);
      } else if (this.#policy.accept === null) {
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
    const { message, stream } = candidate;
    const waiting = new WaitingStream(stream, head, this.#policy.acceptTimeout);
    try {
      const request = connectionRequest(message, offer, waiting.signal);
      const decision = await waiting.decided(Promise.resolve(accept(request)));
      const early = waiting.stop();
      if (decision === null) this.#refuse(candidate, TOO_SLOW);
      else if (decision instanceof Refusal) this.#refuse(candidate, decision.toResponse());
      else if (this.closing) this.#refuse(candidate, GOING_AWAY);
      else this.#open(candidate, offer, decision, early);
    } catch (error) {
      waiting.stop();
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
    const { message, stream, place, begin } = candidate;
    const subprotocol =
      acceptance.subprotocol ?? selectSubprotocol(offer.subprotocols, this.#policy.subprotocols);
    const headers = toHeaderFields(acceptance.headers);
    const response = encodeResponse(acceptUpgrade(offer, { subprotocol, headers }, { digest: sha1 }));
    if (stream instanceof Socket) stream.setTimeout(0).setNoDelay(true);
    stream.write(response);
    openConnection({
      stream,
      head,
      role: "server",
      limits: this.#limits,
      events: this.#events,
      trace: this.#trace,
      place,
      url: message.url ?? "/",
      subprotocol,
      data: acceptance.data,
      request: message,
      begin,
    });
    stream.off("error", ignore);
  }

  #refuse(candidate: Candidate<Data>, response: HttpResponse, error: Error | null = null): void {
    candidate.place.leave();
    this.#answer(candidate, response, error);
  }

  #answer({ message, stream, begin }: Upgrade, response: HttpResponse, error: Error | null = null): void {
    answer(stream, response);
    this.#registry.refused();
    tellRefused(message, response.status, error, begin);
  }

  /** A function of the application failed: nobody gets in by that, and the process lives. */
  #broke(candidate: Candidate<Data>, thrown: unknown): void {
    const error = toError(thrown);
    warn("A function in the options of a WebSocket server failed", error);
    tellRequestError(candidate.message, error);
    this.#refuse(candidate, BROKEN, error);
  }
}

const FULL = refusal(503, "The server has no room for another connection");
const TOO_MANY = refusal(429, "Too many connections from this address");
const TOO_SLOW = refusal(503, "The server took too long to decide on the request");
const BROKEN = refusal(500, "The server could not decide on the request");
const GOING_AWAY = refusal(503, "The server is shutting down");

function ignore(): void {}
