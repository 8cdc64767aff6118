import { once } from "node:events";
import type { WebSocketConnection } from "@plyws/node";
import { linesOf } from "../shared/lines.ts";
import { Child, type Ending } from "./child.ts";
import { environmentOf } from "./environment.ts";
import type { Visitor } from "./visitor.ts";

export interface ExecOptions {
  readonly program: readonly string[];
  /** Octets instead of lines. */
  readonly binary: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs a program for one connection: messages are what it reads and writes, and the end of one is that of the other.
 * Each side is read no faster than the other one takes it.
 *
 * @returns how the program ended, when it has failed by itself; else null
 */
export async function serveByProgram(
  socket: WebSocketConnection<Visitor>,
  { program, binary, env }: ExecOptions,
): Promise<string | null> {
  const child = new Child(program, environmentOf(socket, env));
  const closed = socket.closed.then(() => null);
  void feed(socket, child, binary);
  const said = relay(socket, child, binary);
  const ending = await Promise.race([endOf(child, said), closed]);
  if (ending !== null) socket.close(ending.failed ? 1011 : 1000, ending.reason);
  // Not before the connection is gone: the program may have been ended by it.
  await Promise.all([child.end(), closed]);
  return ending?.failed === true ? ending.text : null;
}

/** The end of the program, once what it has written is sent. */
async function endOf(child: Child, said: Promise<string | null>): Promise<Ending> {
  const ending = await child.ended;
  const problem = await said;
  return problem === null ? ending : { failed: true, reason: problem, text: problem };
}

/** Messages to the program. */
async function feed(socket: WebSocketConnection, { stdin }: Child, binary: boolean): Promise<void> {
  const gone = once(stdin, "close").catch(() => {});
  for await (const data of socket) {
    // A program that reads nothing more: messages are dropped until it ends.
    if (stdin.destroyed) continue;
    stdin.cork();
    let ready = stdin.write(data);
    if (!binary) ready = stdin.write("\n");
    stdin.uncork();
    if (!ready) await Promise.race([once(stdin, "drain").catch(() => {}), gone]);
  }
}

/** What the program says to the peer. Returns what was wrong with it; null at its end. */
async function relay(socket: WebSocketConnection, child: Child, binary: boolean): Promise<string | null> {
  try {
    for await (const part of binary ? child.stdout : linesOf(child.stdout)) {
      const status = await socket.sendAsync(binary ? part : part.toString("utf8"));
      if (status === "closed") return null;
    }
    return null;
  } catch (error) {
    if (!(error instanceof RangeError)) return null;
    child.kill("SIGTERM");
    return "a line of the program is too long";
  }
}
