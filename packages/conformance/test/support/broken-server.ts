import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { DeflateParameters } from "../../src/wire/compression.ts";
import { Deflate } from "../../src/wire/deflate.ts";
import { answerOffers, parseExtensions } from "../../src/wire/negotiation.ts";
import { EchoCodec } from "./echo-codec.ts";
import { CODEC_FAULTS, type CodecFault, type HandshakeFault } from "./faults.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const PLAIN = { noTakeover: false, windowBits: 0 };
type Fault = CodecFault | HandshakeFault;

/** A server around {@link EchoCodec}, with the faults that are given and no others. */
export async function startBroken(faults: readonly Fault[]): Promise<{ url: string; close: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    serve(socket, new Set(faults));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `ws://127.0.0.1:${address.port}`, close };
}

function serve(socket: Socket, faults: ReadonlySet<Fault>): void {
  let head = "";
  let codec: EchoCodec | null = null;
  socket.on("data", (octets: Buffer) => {
    if (codec !== null) return codec.receive(octets);
    head += octets.toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) {
      if (faults.has("wants-the-head-at-once")) refuse(socket, "400 Bad Request");
      return undefined;
    }
    const answer = answerTo(head.slice(0, end), faults);
    if (typeof answer === "string") return refuse(socket, answer);
    socket.write(answer.response);
    const { parameters } = answer;
    const compression = parameters === null ? null : new Deflate(broken(parameters, faults), "server");
    const known = CODEC_FAULTS.filter((fault) => faults.has(fault));
    codec = new EchoCodec(
      { write: (bytes) => void socket.write(bytes), end: () => void socket.end() },
      known,
      compression,
    );
    if (!faults.has("loses-early-frames")) codec.receive(Buffer.from(head.slice(end + 4), "latin1"));
    return undefined;
  });
  socket.on("end", () => (codec === null ? socket.end() : codec.receiveEnd()));
}

function refuse(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

/** The response and what was negotiated, or the status of a refusal. */
function answerTo(
  head: string,
  faults: ReadonlySet<Fault>,
): { response: string; parameters: DeflateParameters | null } | string {
  const bad = "400 Bad Request";
  const [line = "", ...rest] = head.split("\r\n");
  const exact = faults.has("compares-names-with-case");
  const fields = new Map<string, string[]>();
  for (const entry of rest) {
    const [, name = "", value = ""] =
      /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(entry) ?? [];
    if (name === "") return bad;
    const key = exact ? name : name.toLowerCase();
    fields.set(key, [...(fields.get(key) ?? []), value]);
  }
  if (fields.size > 100) return "431 Request Header Fields Too Large";
  const all = (name: string): string[] => fields.get(exact ? name : name.toLowerCase()) ?? [];
  const has = (name: string, token: string): boolean =>
    all(name).some((value) => value.split(",").some((part) => part.trim().toLowerCase() === token));

  const [method = "", , version = ""] = line.split(" ");
  if (method !== "GET" && !faults.has("takes-any-method")) return bad;
  if (version !== "HTTP/1.1" && !faults.has("takes-http-1.0")) return bad;
  if (all("Host").length !== 1 && !faults.has("takes-requests-without-host")) return bad;
  if (!has("Upgrade", "websocket")) return bad;
  const alone = all("Connection").length === 1 && all("Connection")[0]?.toLowerCase() === "upgrade";
  if (faults.has("wants-connection-alone") ? !alone : !has("Connection", "upgrade")) return bad;
  if (all("Content-Length").length + all("Transfer-Encoding").length > 0) return bad;
  const [key = ""] = all("Sec-WebSocket-Key");
  const legalKey = /^[\w+/]{21}[AQgw]==$/.test(key) && all("Sec-WebSocket-Key").length === 1;
  if (!legalKey && !faults.has("takes-any-key")) return bad;
  const versions = all("Sec-WebSocket-Version");
  if (!(versions.length === 1 && versions[0] === "13") && !faults.has("takes-any-version")) {
    return faults.has("refuses-versions-with-400")
      ? bad
      : "426 Upgrade Required\r\nSec-WebSocket-Version: 13";
  }
  return acceptance(key, all, faults);
}

function acceptance(
  key: string,
  all: (name: string) => string[],
  faults: ReadonlySet<Fault>,
): { response: string; parameters: DeflateParameters | null } | string {
  const TOKENS = /^[!#$%&'*+.^_`|~\w-]+$/;
  const protocols = all("Sec-WebSocket-Protocol").flatMap((value) =>
    value.split(",").map((name) => name.trim()),
  );
  if (protocols.some((name) => !TOKENS.test(name)) || new Set(protocols).size < protocols.length) {
    return "400 Bad Request";
  }
  const offers = all("Sec-WebSocket-Extensions");
  const offered = offers.length === 0 ? null : offers.join(", ");
  const parsed = offered === null ? [] : parseExtensions(offered);
  const unknown = parsed?.some(({ name }) => name !== "permessage-deflate") ?? true;
  if (unknown && offered !== null && (parsed === null || faults.has("refuses-what-it-does-not-know"))) {
    return "400 Bad Request";
  }
  const careless = faults.has("takes-unknown-parameters") && offered?.startsWith("permessage-deflate");
  const answer = answerOffers(careless ? "permessage-deflate" : offered, PLAIN);
  const accept = createHash("sha1").update(key).update(GUID).digest("base64");
  const lower = faults.has("writes-the-accept-in-lower-case");
  const lines = [
    faults.has("says-200") ? "HTTP/1.1 200 OK" : "HTTP/1.1 101 Switching Protocols",
    ...(faults.has("leaves-out-upgrade") ? [] : ["Upgrade: websocket"]),
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${faults.has("writes-a-wrong-accept") ? key : lower ? accept.toLowerCase() : accept}`,
    ...(faults.has("names-a-subprotocol-of-its-own") ? ["Sec-WebSocket-Protocol: mine"] : []),
    ...(faults.has("names-an-extension-of-its-own") ? ["Sec-WebSocket-Extensions: mine"] : []),
    ...(answer === null ? [] : [`Sec-WebSocket-Extensions: ${answer.header}`]),
  ];
  return { response: `${lines.join("\r\n")}\r\n\r\n`, parameters: answer?.parameters ?? null };
}

/** What the server does in place of what it said. */
function broken({ client, server }: DeflateParameters, faults: ReadonlySet<Fault>): DeflateParameters {
  return {
    client: { ...client, takeover: client.takeover && !faults.has("forgets-the-context") },
    server: {
      windowBits: faults.has("ignores-the-window") ? 15 : server.windowBits,
      takeover: server.takeover || faults.has("keeps-the-context"),
    },
  };
}
