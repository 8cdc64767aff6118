import type { Duplex } from "node:stream";
import type { Transport } from "./transport.ts";

const TRANSPORT = Symbol("transport");
type Stream = Duplex & { [TRANSPORT]?: Transport<unknown> };

/** Lets a transport know what happens on its stream. */
export function listenTo(stream: Stream, transport: Transport<unknown>): void {
  stream[TRANSPORT] = transport;
  stream.on("data", onData).on("end", onEnd).on("drain", onDrain).on("error", onError).on("close", onClose);
}

// The listeners are the same functions for every socket: a closure each would cost memory on every connection.

function onData(this: Stream, chunk: Uint8Array): void {
  this[TRANSPORT]!.receive(chunk);
}

function onEnd(this: Stream): void {
  this[TRANSPORT]!.streamEnded();
}

function onDrain(this: Stream): void {
  this[TRANSPORT]!.flush();
}

function onError(this: Stream, error: Error): void {
  this[TRANSPORT]!.streamFailed(error);
}

function onClose(this: Stream): void {
  this[TRANSPORT]!.streamClosed();
}
