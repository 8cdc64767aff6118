/** Whether a URL asks for TLS. */
export function isSecure({ protocol }: URL): boolean {
  return protocol === "wss:" || protocol === "https:";
}

/** The host of a URL as `node:net` takes it: without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

/** The port of a URL, or the default one of its scheme. */
export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return isSecure(url) ? 443 : 80;
}

/** Host and port of a URL, the default port too: RFC 9110 section 7.2, uri-host ":" port. */
export function authorityOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}
