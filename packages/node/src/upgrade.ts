import {
  allowOrigins,
  checkOrigin,
  checkUpgradeRequest,
  HandshakeError,
  type OriginRule,
  type Rejected,
  type SubprotocolSelector,
  sameHost,
  type UpgradeOffer,
} from "@plyws/handshake";
import type { ServerDeflate } from "@plyws/permessage-deflate";
import type { Accept } from "./accept.ts";
import { type ServerCompression, serverDeflate } from "./compression.ts";
import { checkList, checkTimeout } from "./options.ts";
import type { ReceivedRequest } from "./request.ts";
import { atOnce } from "./thenable.ts";

/** The most header lines that a request may have. */
const MAX_HEADER_COUNT = 100;

/** Who may connect, and what is agreed on. */
export interface UpgradeOptions<Data = undefined> {
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
  /**
   * Whether to compress messages for clients that offer it (RFC 7692), with the defaults or other settings: see
   * `@plyws/permessage-deflate`. Default false: compression costs CPU, and tells the size of secrets that are
   * compressed together with what an attacker sends.
   */
  readonly perMessageDeflate?: boolean | ServerCompression | undefined;
  /** Decides who may connect, before the connection is there. Default: everybody who passed the checks above. */
  readonly accept?: Accept<Data> | undefined;
  /** How long `accept` may take, in milliseconds, before the request is refused with 503. Default 10000. */
  readonly acceptTimeout?: number | undefined;
}

/** The rules for requests, from the options. */
export class UpgradePolicy<Data> {
  readonly accept: Accept<Data> | null;
  readonly acceptTimeout: number;
  readonly subprotocols: SubprotocolSelector;
  readonly deflate: ServerDeflate | null;
  readonly #originRule: OriginRule;
  readonly #allowMissingOrigin: boolean;

  /**
   * @throws TypeError when one of the origins is none
   * @throws RangeError when `acceptTimeout` is no time, or a setting of the compression not in its range
   */
  constructor(options: UpgradeOptions<Data>) {
    const { origin } = options;
    if (origin === undefined) this.#originRule = sameHost;
    else if (origin === "any") this.#originRule = () => true;
    else if (typeof origin === "function") this.#originRule = (context) => atOnce("origin", origin(context));
    else this.#originRule = allowOrigins(checkList("origin", origin, '"any", a function, or '));
    this.#allowMissingOrigin = options.allowMissingOrigin ?? true;
    const { subprotocols = [] } = options;
    this.subprotocols =
      typeof subprotocols === "function"
        ? (offered) => atOnce("subprotocols", subprotocols(offered))
        : checkList("subprotocols", subprotocols);
    this.deflate = serverDeflate(options.perMessageDeflate);
    this.accept = options.accept ?? null;
    this.acceptTimeout = checkTimeout("acceptTimeout", options.acceptTimeout ?? 10_000);
  }

  /** Checks a request and its Origin. Only an origin function of the application can make it throw. */
  check({ head, secure }: ReceivedRequest): { readonly ok: true; readonly offer: UpgradeOffer } | Rejected {
    // Node drops header lines above its own limit, so it must never be reached unseen.
    if (head.headers.size > MAX_HEADER_COUNT) {
      return { ok: false, error: new HandshakeError("too-many-headers") };
    }
    const checked = checkUpgradeRequest(head);
    if (!checked.ok) return checked;
    const origin = checkOrigin(checked.offer, {
      rule: this.#originRule,
      allowMissing: this.#allowMissingOrigin,
      secure,
    });
    return origin.ok ? checked : origin;
  }
}
