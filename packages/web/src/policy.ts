import {
  allowOrigins,
  checkOrigin,
  checkUpgradeRequest,
  type OriginRule,
  type Rejected,
  type RequestHead,
  sameHost,
  type UpgradeOffer,
} from "@plyws/handshake";

/** Which pages may connect. */
export interface OriginOptions {
  /**
   * Which pages may connect: `"any"`, a list of origins such as `"https://example.com"`, or a function. Default: pages
   * of the host that the request was sent to. Browsers send cookies along from every page, so `"any"` is for servers
   * that hold no secret.
   */
  readonly origin?: "any" | readonly string[] | OriginRule | undefined;
  /** Whether a request without an Origin may connect, as programs that are no browser send it. Default true. */
  readonly allowMissingOrigin?: boolean | undefined;
}

/**
 * Makes a check of requests and their origins.
 *
 * @throws TypeError when one of the origins is none
 */
export function requestCheck({ origin, allowMissingOrigin }: OriginOptions) {
  const rule = ruleOf(origin);
  return (head: RequestHead): { readonly ok: true; readonly offer: UpgradeOffer } | Rejected => {
    const checked = checkUpgradeRequest(head);
    if (!checked.ok) return checked;
    const allowed = checkOrigin(checked.offer, { rule, allowMissing: allowMissingOrigin });
    return allowed.ok ? checked : allowed;
  };
}

function ruleOf(origin: OriginOptions["origin"]): OriginRule {
  if (origin === undefined) return sameHost;
  if (origin === "any") return () => true;
  if (typeof origin === "function") return origin;
  if (typeof origin === "string")
    throw new TypeError(`origin is "any", a function, or a list: ["${String(origin)}"]`);
  return allowOrigins(origin);
}

/** Whether a request asks for a WebSocket at all, well or badly: any other one is for a web server. */
export function asksForWebSocket({ headers }: RequestHead): boolean {
  const names = headers.get("upgrade")?.split(",") ?? [];
  return names.some((name) => name.trim().toLowerCase() === "websocket");
}
