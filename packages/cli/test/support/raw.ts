import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { onTestFinished } from "vitest";
import { portOf } from "./ports.ts";

/** A server that accepts, and then sends these octets, and breaks off if it is told to. */
export async function startRaw(octets: Uint8Array, breaksOff = false): Promise<string> {
  const server = createServer((stream) => {
    stream.on("error", () => {});
    stream.once("data", (head: Buffer) => {
      const key = /sec-websocket-key: (\S+)/i.exec(head.toString())?.[1] ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const lines = [
        "HTTP/1.1 101 x",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${accept}`,
      ];
      stream.write(`${lines.join("\r\n")}\r\n\r\n`);
      stream.write(octets);
      if (breaksOff) stream.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `127.0.0.1:${portOf(server)}`;
}
