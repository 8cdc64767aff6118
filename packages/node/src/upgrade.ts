import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import {
  type AcceptedUpgrade,
  acceptUpgrade,
  allowOrigins,
  checkOrigin,
  checkUpgradeRequest,
  encodeResponse,
  HandshakeError,
  HeaderFields,
  type HeaderSource,
  type OriginRule,
  type Rejected,
  rejectUpgrade,
  type SubprotocolSelector,
  sameHost,
  selectSubprotocol,
} from "@plyws/handshake";
import { sha1 } from "./sha1.ts";

/** The most header lines that a request may have. */
const MAX_HEADER_COUNT = 100;

/** Who may connect, and what is agreed on. */
export interface UpgradeOptions {
  /**
   * Which pages may connect: `"any"`, a list of origins such as `"https://example.com"`, or a function. Default: pages
   * of the host that the request was sent to. Browsers send cookies along from every page, so `"any"` is for servers
   * that hold no secret.
   */
  readonly origin?: "any" | readonly string[] | OriginRule | undefined;
  /** Whether a request without an Origin may connect, as programs that are no browser send it. Default true. */
  readonly allowMissingOrigin?: boolean | undefined;
  /** The subprotocols that the server speaks, in its order of preference, or a function that picks one. Default none. */
  readonly subprotocols?: SubprotocolSelector | undefined;
}

/** Decides on requests for an upgrade. */
export class UpgradePolicy {
  readonly #originRule: OriginRule;
  readonly #allowMissingOrigin: boolean;
  readonly #subprotocols: SubprotocolSelector;

  /** @throws TypeError when one of the origins is none */
  constructor({ origin, allowMissingOrigin = true, subprotocols = [] }: UpgradeOptions) {
    if (origin === undefined) this.#originRule = sameHost;
    else if (origin === "any") this.#originRule = () => true;
    else this.#originRule = typeof origin === "function" ? origin : allowOrigins(origin);
    this.#allowMissingOrigin = allowMissingOrigin;
    this.#subprotocols = subprotocols;
  }

  /** What to answer. A total function of the request; only the application's own functions can make it throw. */
  decide(request: IncomingMessage): AcceptedUpgrade | Rejected {
    // Node drops header lines above its own limit, so it must never be reached unseen.
    if (request.rawHeaders.length > 2 * MAX_HEADER_COUNT) {
      return { ok: false, error: new HandshakeError("too-many-headers") };
    }
    const checked = checkUpgradeRequest({
      method: request.method ?? "",
      target: request.url ?? "",
      httpVersion: request.httpVersion,
      headers: HeaderFields.fromRaw(request.rawHeaders),
    });
    if (!checked.ok) return checked;
    const { offer } = checked;
    const origin = checkOrigin(offer, {
      rule: this.#originRule,
      allowMissing: this.#allowMissingOrigin,
      secure: request.socket instanceof TLSSocket,
    });
    if (!origin.ok) return origin;
    const subprotocol = selectSubprotocol(offer.subprotocols, this.#subprotocols);
    return acceptUpgrade(offer, { subprotocol }, { digest: sha1 });
  }
}

/** Why a request is refused. */
export type Refusal = Pick<HandshakeError, "status" | "message"> & { readonly headers: HeaderSource };

/** How long a refused peer has to take the answer and close, in milliseconds. */
const REFUSAL_TIMEOUT = 2000;

/** Answers with an error and ends the stream: nothing on it is read as HTTP again. */
export function refuse(stream: Duplex, error: Refusal): void {
  const { status, headers, message } = error;
  stream.end(encodeResponse(rejectUpgrade(status, { headers, body: `${message}\n` })));
  // What still comes in is dropped, so that the peer can read the answer before the stream is gone.
  stream.resume();
  const timer = setTimeout(() => stream.destroy(), REFUSAL_TIMEOUT);
  stream.once("close", () => clearTimeout(timer));
}
