import type { WebSocketConnection } from "@plyws/node";
import type { Io } from "../shared/io.ts";
import type { Output } from "../shared/output.ts";
import { sendInput } from "./input.ts";
import type { SessionOptions } from "./options.ts";
import type { View } from "./view.ts";

/**
 * A session in a pipe: what is read is sent, what comes is written. It ends with the connection. The peer is read no
 * faster than the output.
 */
export async function runPipe(
  socket: WebSocketConnection,
  io: Io,
  output: Output,
  view: View,
  options: SessionOptions,
): Promise<void> {
  const silence = new Silence(options.linger, () => socket.close());
  const close = (): void => socket.close();
  for (const signal of [io.signal, output.gone]) {
    if (signal.aborted) close();
    signal.addEventListener("abort", close);
  }
  const opened = view.opened(socket);
  if (opened !== null) await output.write(opened);
  const sending = sendInput(socket, io.stdin, options).then(
    () => silence.begin(),
    (error: unknown) => {
      socket.close();
      throw error;
    },
  );
  await Promise.all([sending, showMessages(socket, output, view, options.count, silence)]);
  for (const signal of [io.signal, output.gone]) signal.removeEventListener("abort", close);
  const closed = view.closed(await socket.closed);
  if (closed !== null) await output.write(closed);
}

async function showMessages(
  socket: WebSocketConnection,
  output: Output,
  view: View,
  count: number | null,
  silence: Silence,
): Promise<void> {
  for (let left = count ?? Number.POSITIVE_INFINITY; left > 0; left--) {
    silence.waiting = true;
    const data = await socket.receive();
    silence.waiting = false;
    if (data === null) return;
    const shown = view.message(data);
    if (shown !== null) await output.write(shown);
    else await output.drained();
  }
  socket.close();
  // What comes until the peer has answered is dropped.
  await socket.closed;
}

/** Watches how long nothing comes once the input has ended; time that the output takes is not counted. */
class Silence {
  readonly #limit: number | null;
  readonly #over: () => void;
  #begun = false;
  #waiting = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: number | null, over: () => void) {
    this.#limit = limit;
    this.#over = over;
  }

  begin(): void {
    this.#begun = true;
    this.waiting = this.#waiting;
  }

  set waiting(waiting: boolean) {
    this.#waiting = waiting;
    clearTimeout(this.#timer);
    if (this.#limit !== null && this.#begun && waiting) this.#timer = setTimeout(this.#over, this.#limit);
  }
}
