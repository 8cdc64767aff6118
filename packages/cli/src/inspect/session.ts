import { runInteractive } from "../connect/interactive.ts";
import { readSession } from "../connect/options.ts";
import { runPipe } from "../connect/pipe.ts";
import { jsonView, terminalView, type View } from "../connect/view.ts";
import { openConnection, readTarget } from "../shared/client.ts";
import { exitOf } from "../shared/exit.ts";
import type { Io } from "../shared/io.ts";
import { Output } from "../shared/output.ts";
import { FrameLog } from "./frame-log.ts";
import type { InspectArguments } from "./options.ts";
import { jsonFrameView, linesView } from "./view.ts";

/** Connects like `connect`, and shows the frames in place of the messages. */
export async function inspectSession(given: InspectArguments, io: Io): Promise<number> {
  const { url, options: connecting } = readTarget(given);
  const options = readSession(given);
  const output = new Output(io.stdout, io.env);
  const frames = new FrameLog(options.json ? jsonFrameView() : linesView(output.paint), output);
  const socket = await openConnection({ url, options: { ...connecting, trace: frames.trace } }, io.signal);
  const view: View = { ...(options.json ? jsonView : terminalView(output.paint)), message: () => null };
  if (io.stdin.isTTY === true && output.isTerminal && !options.json && options.input !== "raw") {
    await runInteractive(socket, io, output, view, options, (print) => frames.start(print));
  } else {
    await output.write(view.opened(socket) ?? "");
    frames.start((text) => void output.write(text));
    await runPipe(socket, io, output, { ...view, opened: () => null }, options);
  }
  return exitOf(await socket.closed);
}
