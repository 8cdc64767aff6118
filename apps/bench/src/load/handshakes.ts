import type { HandshakePlan } from "../plans.ts";
import { encodeClientClose } from "../wire/frames.ts";
import { FrameScan } from "../wire/scan.ts";
import { Course } from "./course.ts";
import { openConnection } from "./open.ts";

/** Connections that open and close, so many at a time; each one that has ended is followed by another. */
export class HandshakeLoad {
  readonly #port: number;
  readonly #plan: HandshakePlan;
  readonly #course = new Course();
  readonly #close = encodeClientClose();

  constructor(port: number, plan: HandshakePlan) {
    this.#port = port;
    this.#plan = plan;
  }

  run(duration: number): Promise<{ count: number; seconds: number }> {
    return this.#course.run(duration, () => {
      for (let count = 0; count < this.#plan.atOnce; count++) void this.#openAndClose();
    });
  }

  async #openAndClose(): Promise<void> {
    this.#course.sent(1);
    const scan = new FrameScan();
    const { closing } = this.#plan;
    try {
      const socket = await openConnection(this.#port, false, {
        receive: (chunk) => {
          scan.receive(chunk);
          // RFC 6455 section 7.1.1: the server ends the stream first; some wait for us all the same.
          if (scan.closed) socket.end();
        },
        closed: (error) => this.#ended(error, scan.closed),
      });
      // A FIN is what most connections end with, as pages are left and networks go away.
      if (closing) socket.write(this.#close);
      else socket.end();
    } catch (error) {
      this.#course.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #ended(error: Error | null, closed: boolean): void {
    if (error !== null) return this.#course.fail(error);
    if (this.#plan.closing && !closed) {
      return this.#course.fail(new Error("The server did not answer the Close frame"));
    }
    if (this.#course.going) void this.#openAndClose();
    this.#course.received(1);
  }
}
