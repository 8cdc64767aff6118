import { connect, type Socket } from "node:net";
import { checkUpgrade, encodeUpgrade } from "../wire/upgrade.ts";

/** Every socket of the load reads into this: what is in it counts until the callback returns. */
const octets = Buffer.alloc(256 * 1024);

/** What is done with what a server sends after the handshake. */
export interface Reader {
  /** @param chunk valid during the call only */
  receive(chunk: Buffer): void;
  /** The connection is gone, which nobody has asked for if there is an error. */
  closed(error: Error | null): void;
}

/**
 * Opens a connection and does the opening handshake. Nothing comes right after the response, as the server has nothing
 * to say by itself.
 */
export function openConnection(port: number, compressed: boolean, reader: Reader): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let head = "";
    let open = false;
    const receive = (chunk: Buffer): void => {
      if (open) return reader.receive(chunk);
      head += chunk.toString("latin1");
      if (!head.endsWith("\r\n\r\n")) return;
      open = true;
      try {
        checkUpgrade(head, compressed);
        resolve(socket);
      } catch (error) {
        reject(error);
      }
    };
    // Reading into one buffer makes the load cheaper than any server on `node:net` can be.
    const onread = {
      buffer: octets,
      callback: (size: number): boolean => {
        receive(octets.subarray(0, size));
        return true;
      },
    };
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread });
    let failure: Error | null = null;
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("close", () => {
      if (open) reader.closed(failure);
      else reject(failure ?? new Error("The server closed the connection during the handshake"));
    });
    socket.write(encodeUpgrade(compressed));
  });
}

/** How many connections are opened at a time. */
const AT_ONCE = 200;

/** Does something so many times, some at a time. */
export async function inGroups<Result>(
  count: number,
  each: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  while (results.length < count) {
    const first = results.length;
    const group = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) => each(first + index));
    results.push(...(await Promise.all(group)));
  }
  return results;
}
