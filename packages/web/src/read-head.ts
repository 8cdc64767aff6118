import type { ReadHead, Rejected } from "@plyws/handshake";
import type { Deadline } from "./deadline.ts";
import { OpeningError } from "./errors.ts";
import type { Wire } from "./wire.ts";

interface HeadReader<Head> {
  receive(chunk: Uint8Array): ReadHead<Head> | Rejected | null;
}

/**
 * Reads the head of a message of HTTP, after writing something that asks for it.
 *
 * @throws OpeningError when it does not come
 * @throws the reason of the signal
 */
export async function readHead<Head>(
  wire: Wire,
  reader: HeadReader<Head>,
  deadline: Deadline,
  asking?: Uint8Array,
): Promise<ReadHead<Head> | Rejected> {
  // Not awaited: a server may answer before it has taken all.
  if (asking !== undefined) wire.write(asking).catch((error: unknown) => deadline.fail(streamError(error)));
  for (;;) {
    const chunk = await deadline.until(wire.read().catch(streamFailed));
    if (chunk === null) {
      throw new OpeningError(
        "stream-ended",
        "The peer ended the stream in the middle of the opening handshake",
      );
    }
    const read = reader.receive(chunk);
    if (read !== null) return read;
  }
}

function streamFailed(cause: unknown): never {
  throw streamError(cause);
}

export function streamError(cause: unknown): OpeningError {
  return new OpeningError("stream-failed", "The stream failed in the middle of the opening handshake", cause);
}
