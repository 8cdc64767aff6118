import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from "node:readline";
import type { WebSocketConnection } from "@plyws/node";
import type { Io } from "../shared/io.ts";
import type { Output } from "../shared/output.ts";
import { HISTORY_SIZE, History, historyFile } from "./history.ts";
import type { SessionOptions } from "./options.ts";
import { COMMANDS, parseTyped, TYPED_HELP, type Typed } from "./typed.ts";
import type { View } from "./view.ts";

/** Writes above the line that is being typed. */
export type Print = (text: string) => void;

/** A session on a terminal: lines that are typed are sent, or are commands. It ends with the connection. */
export async function runInteractive(
  socket: WebSocketConnection,
  io: Io,
  output: Output,
  view: View,
  options: SessionOptions,
  onReady: (print: Print) => void = () => {},
): Promise<void> {
  const { paint } = output;
  const history = new History(options.history ? historyFile(io.env) : null);
  const prompt = createInterface({
    input: io.stdin,
    output: io.stdout,
    terminal: true,
    prompt: "> ",
    history: history.latestFirst,
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
    completer: (line: string) => [
      COMMANDS.filter((command) => line !== "" && command.startsWith(line)),
      line,
    ],
  });
  /** Whether nothing more can be typed. */
  let isOver = false;
  const print: Print = (text) => {
    if (!isOver) eraseLine(prompt, io);
    io.stdout.write(text);
    if (!isOver) prompt.prompt(true);
  };
  const close = (): void => socket.close();

  print(view.opened(socket) ?? "");
  onReady(print);
  print(`${paint("dim", "/help shows the commands, Ctrl-D closes.")}\n`);
  prompt.on("line", (line) => {
    history.add(line);
    const typed = parseTyped(line, options.input === "hex");
    void obey(typed, socket, (text) => print(`${paint("yellow", text)}\n`));
    if (!isOver) prompt.prompt();
  });
  prompt.on("close", () => {
    // By Ctrl-D: what still comes is written without a prompt.
    if (!isOver) io.stdout.write("\n");
    isOver = true;
    close();
  });
  // The terminal gives it as a key; whoever counts how often it was pressed waits for the signal.
  prompt.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  for (const signal of [io.signal, output.gone]) signal.addEventListener("abort", close);
  if (io.signal.aborted) close();
  await showMessages(socket, output, view, print, options.count);
  const record = await socket.closed;
  if (!isOver) {
    eraseLine(prompt, io);
    isOver = true;
    prompt.close();
  }
  io.stdout.write(view.closed(record) ?? "");
}

async function showMessages(
  socket: WebSocketConnection,
  output: Output,
  view: View,
  print: Print,
  count: number | null,
): Promise<void> {
  for (let left = count ?? Number.POSITIVE_INFINITY; left > 0; left--) {
    const data = await socket.receive();
    if (data === null) return;
    const shown = view.message(data);
    if (shown !== null) print(String(shown));
    await output.drained();
  }
  socket.close();
}

/** Does what a line says. */
async function obey(typed: Typed, socket: WebSocketConnection, say: (text: string) => void): Promise<void> {
  switch (typed.kind) {
    case "nothing":
      break;
    case "message":
      if ((await socket.sendAsync(typed.data)) === "closed") say("Not sent: the connection is closed.");
      break;
    case "ping": {
      const time = await socket.ping();
      say(time === null ? "No Pong came." : `Pong after ${time.toFixed(2)} ms`);
      break;
    }
    case "close":
      socket.close(typed.code, typed.reason);
      break;
    case "help":
      say(TYPED_HELP.join("\n"));
      break;
    case "mistake":
      say(typed.message);
  }
}

/** Erases the line that is being typed, however many rows it takes. */
function eraseLine(prompt: Interface, { stdout }: Io): void {
  moveCursor(stdout, 0, -prompt.getCursorPos().rows);
  cursorTo(stdout, 0);
  clearScreenDown(stdout);
}
