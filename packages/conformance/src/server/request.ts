import type { RequestHead } from "../cases/case.ts";
import type { Target } from "./dial.ts";

/** The lines of the request that opens a connection (RFC 6455 section 4.1), with what a case changes. */
export function writeRequest(target: Target, key: string, change: RequestHead = {}): string {
  const { url } = target;
  const usual: readonly (readonly [name: string, value: string])[] = [
    ["Host", "{host}"],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", "{key}"],
    ["Sec-WebSocket-Version", "13"],
  ];
  const lines = [
    change.line ?? "GET {target} HTTP/1.1",
    ...usual.flatMap(([name, value]) => change.replace?.[name] ?? [`${name}: ${value}`]),
    ...target.headers,
    ...(change.lines ?? []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`
    .replaceAll("{host}", url.host)
    .replaceAll("{target}", `${url.pathname}${url.search}`)
    .replaceAll("{key}", key);
}
