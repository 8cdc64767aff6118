// RFC 6455 over a MessagePort: between a page and its worker, two threads of Node, or two windows.
import { type ByteStream, overStreams, type Role, type WebSocketConnection } from "@plyws/web";

/** What goes through the port, besides octets. */
const MORE = "more"; // the other end wants a chunk
const END = "end"; // there are no more chunks
const GONE = "gone"; // the other end takes no more chunks

/** Makes a byte stream of a port, with the back-pressure that ports lack: a chunk is sent when it was asked for. */
export function portStream(port: MessagePort): ByteStream {
  /** Each is `null` when its direction is over. */
  let input: ReadableStreamDefaultController<Uint8Array> | null = null;
  let output: WritableStreamDefaultController | null = null;
  let asked: (() => void) | null = null;

  const readable = new ReadableStream<Uint8Array>(
    {
      start: (controller) => void (input = controller),
      pull: () => port.postMessage(MORE),
      cancel() {
        input = null;
        port.postMessage(GONE);
      },
    },
    // Nothing is asked for before somebody reads.
    { highWaterMark: 0 },
  );

  const end = (): void => {
    output = null;
    port.postMessage(END);
  };
  const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => void (output = controller),
    write(chunk) {
      // Chunks are nobody else's, so their buffers may go to the other thread without a copy.
      port.postMessage(chunk, [chunk.buffer]);
      return new Promise((resolve) => (asked = resolve));
    },
    close: end,
    abort: end,
  });

  port.addEventListener("message", ({ data }: MessageEvent) => {
    if (data === MORE) return asked?.();
    if (data === END) {
      input?.close();
      input = null;
    } else if (data === GONE) {
      output?.error(new Error("The other end of the port takes no more"));
      output = null;
    } else input?.enqueue(data);
    // Whoever gets the last word closes the port for both.
    if (input === null && output === null) port.close();
  });
  port.addEventListener("close", () => {
    const error = new Error("The port was closed");
    input?.error(error);
    output?.error(error);
  });
  port.start();
  return { readable, writable };
}

/** A WebSocket connection over a port. One end is the client, the other one the server. */
export function overPort(port: MessagePort, role: Role): WebSocketConnection {
  return overStreams(portStream(port), { role });
}
