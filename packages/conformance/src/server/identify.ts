import { valuesOf } from "../wire/head.ts";
import { createKey } from "../wire/key.ts";
import type { Target } from "./dial.ts";
import { ask } from "./open.ts";
import { writeRequest } from "./request.ts";

/**
 * What a server calls itself: its `Server` header field, or else its host.
 *
 * @throws Error when there is no connection to it
 */
export async function identify(target: Target, timeout: number): Promise<string> {
  const answer = await ask(target, writeRequest(target, createKey()), { timeout });
  answer.line.destroy();
  const [name] = answer.head === null ? [] : valuesOf(answer.head, "server");
  return name || target.url.host;
}
