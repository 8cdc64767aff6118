import type { ResponseHead } from "../cases/case.ts";
import { acceptFor } from "../wire/key.ts";

/** The lines of the answer that opens a connection (RFC 6455 section 4.2.2), with what a case changes. */
export function writeResponse(key: string, change: ResponseHead = {}): string {
  const accept = acceptFor(key);
  const usual: readonly (readonly [name: string, value: string])[] = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", "{accept}"],
  ];
  const lines = [
    change.line ?? "HTTP/1.1 101 Switching Protocols",
    ...usual.flatMap(([name, value]) => change.replace?.[name] ?? [`${name}: ${value}`]),
    ...(change.lines ?? []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`
    .replaceAll("{accept}", accept)
    .replaceAll("{accept-1}", accept.slice(0, -1))
    .replaceAll("{accept-lower}", accept.toLowerCase())
    .replaceAll("{key}", key);
}
