import { WebSocket } from "@plyws/node";
import { onTestFinished } from "vitest";
import { ChatClient, type ClientEvents } from "../../client/client.ts";
import type { LinkOptions } from "../../client/link.ts";
import type { Memory } from "../../client/outbox.ts";

export const noMemory: Memory = { getItem: () => null, setItem() {}, removeItem() {} };

/** A memory that outlives clients, as that of a browser outlives pages. */
export function memory(): Memory {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

/** The client of the page, without a page. */
export function client(
  url: string | (() => string),
  name: string,
  { memory: kept = noMemory, ...options }: { memory?: Memory } & Partial<LinkOptions> = {},
  events: ClientEvents = {},
): ChatClient {
  let key: string | undefined;
  const made = new ChatClient(
    {
      url: typeof url === "string" ? () => url : url,
      open: (to, subprotocol) => new WebSocket(to, subprotocol),
      hello: () => ({ name, ...(key !== undefined && { key }) }),
      memory: kept,
      firstDelay: 100,
      maxDelay: 1000,
      ...options,
    },
    {
      ...events,
      welcome(welcome) {
        key = welcome.key;
        events.welcome?.(welcome);
      },
    },
  );
  onTestFinished(() => made.end());
  made.connect();
  return made;
}

/** Waits until something is so: looks every few milliseconds, for as long as the test may take. */
export async function until(isSo: () => boolean, what: () => string = () => ""): Promise<void> {
  const end = performance.now() + 50_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`It never came about: ${isSo.toString()} ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
