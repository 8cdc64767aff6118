import type { Readable } from "node:stream";
import type { WebSocketConnection } from "@plyws/node";
import { Exit, Failure } from "../shared/exit.ts";
import { parseHex } from "../shared/hex.ts";
import { linesOf } from "../shared/lines.ts";
import type { SessionOptions } from "./options.ts";

type Input = Pick<SessionOptions, "input" | "whole">;

/**
 * Sends what is read until it ends, or the connection is not open any more. Reads no faster than the peer does.
 *
 * @throws Failure when a line cannot be sent
 */
export async function sendInput(socket: WebSocketConnection, stdin: Readable, options: Input): Promise<void> {
  // Whoever waits for input that does not come would wait longer than the connection lasts.
  const stop = (): void => void stdin.destroy();
  void socket.closed.then(stop);
  try {
    if (options.whole) await sendWhole(socket, octetsOf(stdin), options.input);
    else await sendParts(socket, octetsOf(stdin), options.input);
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (socket.state !== "open") return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      Exit.Mistake,
      error instanceof RangeError
        ? `${reason}: --whole has no limit.`
        : `Standard input cannot be read: ${reason}.`,
    );
  }
}

async function sendWhole(
  socket: WebSocketConnection,
  stdin: AsyncIterable<Buffer>,
  input: Input["input"],
): Promise<void> {
  if (input === "raw") await socket.sendStream(stdin);
  else await socket.sendStream(textOf(stdin), "text");
}

/** A stream may be one of strings. */
async function* octetsOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

/** What is no UTF-8 becomes U+FFFD, as in lines. */
async function* textOf(stdin: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of stdin) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function sendParts(
  socket: WebSocketConnection,
  stdin: AsyncIterable<Buffer>,
  input: Input["input"],
): Promise<void> {
  let count = 0;
  for await (const part of input === "raw" ? stdin : linesOf(stdin)) {
    count++;
    const status = await socket.sendAsync(messageOf(part, input, count));
    if (status === "closed") return;
  }
}

function messageOf(part: Buffer, input: Input["input"], line: number): string | Uint8Array {
  if (input === "raw") return part;
  const text = part.toString("utf8");
  if (input === "text") return text;
  const octets = parseHex(text);
  if (octets !== null) return octets;
  throw new Failure(
    Exit.Mistake,
    `Line ${line} of the input is not octets in hexadecimal, such as 48 65 6c 6c 6f.`,
  );
}
