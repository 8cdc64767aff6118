import type { RoomSocket } from "../../src/index.ts";

/** A socket that is nothing but an object: it keeps what it was sent, and does what a test wants. */
export class PlainSocket implements RoomSocket {
  readonly name: string;
  readonly got: string[] = [];
  readonly closes: (readonly [code: number | undefined, reason: string | undefined])[] = [];
  bufferedAmount = 0;
  readonly closed: Promise<void>;
  /** Ends the connection. */
  readonly end: () => void;
  /** What `send` returns, or does. */
  answer: () => unknown = () => undefined;

  constructor(name = "") {
    this.name = name;
    const { promise, resolve } = deferred();
    this.closed = promise;
    this.end = resolve;
  }

  send(message: string | Uint8Array): unknown {
    const answer = this.answer();
    this.got.push(typeof message === "string" ? message : `octets ${Buffer.from(message).toString("hex")}`);
    return answer;
  }

  close(code?: number, reason?: string): void {
    this.closes.push([code, reason]);
  }
}

/** Enough turns for everything that waits for nothing but promises. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A promise, and what settles it. */
export function deferred(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
} {
  let settlers: [resolve: () => void, reject: (error: Error) => void] | null = null;
  const promise = new Promise<void>((resolve, reject) => {
    settlers = [resolve, reject];
  });
  const [resolve, reject] = settlers ?? [];
  if (resolve === undefined || reject === undefined) throw new Error("a promise calls at once");
  return { promise, resolve, reject };
}
