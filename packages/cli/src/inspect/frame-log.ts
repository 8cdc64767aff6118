import type { Traced, WebSocketConnection } from "@plyws/node";
import type { Output } from "../shared/output.ts";
import type { FrameView } from "./view.ts";

/** Writes the frames of one connection of ours. When the output is slow, the peer is read no faster. */
export class FrameLog {
  readonly #view: FrameView;
  readonly #output: Output;
  /** The first frames may come before there is a prompt to write them above: no more than one read of the socket. */
  #early: string[] = [];
  #print: ((text: string) => void) | null = null;
  #paused = false;

  constructor(view: FrameView, output: Output) {
    this.#view = view;
    this.#output = output;
  }

  /** The trace of the connection. */
  readonly trace = (frame: Traced, socket: Pick<WebSocketConnection, "pause" | "resume">): void => {
    const text = this.#view.frame(frame);
    if (this.#print === null) this.#early.push(text);
    else this.#print(text);
    if (!this.#output.full || this.#paused) return;
    this.#paused = true;
    socket.pause();
    void this.#resumeLater(socket);
  };

  async #resumeLater(socket: Pick<WebSocketConnection, "resume">): Promise<void> {
    await this.#output.drained();
    this.#paused = false;
    socket.resume();
  }

  /** From here on frames are written by `print`. */
  start(print: (text: string) => void): void {
    this.#print = print;
    for (const text of this.#early.splice(0)) print(text);
  }
}
