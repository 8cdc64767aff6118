import type { Duplex } from "node:stream";
import { type ServerOptions, type WebSocketEvents, WebSocketServer } from "../../src/index.ts";
import { startHttp } from "./http.ts";

/** The octets of every write to one stream, in order: those of a gathered write are one. */
export type Writes = number[];

/** A server that notes what it hands to the sockets of its connections. */
export async function countingServer(
  events: WebSocketEvents,
  options: ServerOptions = {},
): Promise<{ url: string; writes: Writes[]; server: WebSocketServer }> {
  const { http, url } = await startHttp();
  const server = new WebSocketServer(options, events);
  const writes: Writes[] = [];
  http.on("upgrade", (request, stream, head) => {
    writes.push(noteWrites(stream));
    server.handleUpgrade(request, stream, head);
  });
  return { url, writes, server };
}

function noteWrites(stream: Duplex): Writes {
  const writes: Writes = [];
  const write = stream._write.bind(stream);
  const writev = stream._writev?.bind(stream);
  stream._write = (chunk: Uint8Array, ...rest) => {
    writes.push(chunk.length);
    write(chunk, ...rest);
  };
  stream._writev = (chunks, ...rest) => {
    writes.push(chunks.reduce((size, { chunk }: { chunk: Uint8Array }) => size + chunk.length, 0));
    writev?.(chunks, ...rest);
  };
  return writes;
}
