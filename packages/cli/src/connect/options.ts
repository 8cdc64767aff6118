import { type Arguments, MAX_TIME } from "../shared/arguments.ts";
import { CLIENT_FLAGS } from "../shared/client.ts";
import { Mistake } from "../shared/exit.ts";

/** What a session does with what it reads and what it gets. */
export interface SessionOptions {
  /** What input is: lines of text, lines of octets in hexadecimal, or octets as they come. */
  readonly input: "text" | "hex" | "raw";
  /** All of the input is one message. */
  readonly whole: boolean;
  readonly json: boolean;
  /** How long no message may come after the end of the input before the connection is closed, in milliseconds; null: for ever. */
  readonly linger: number | null;
  /** After how many messages the connection is closed; null: never. */
  readonly count: number | null;
  /** Whether what is typed is kept in a file. */
  readonly history: boolean;
}

export const SESSION_FLAGS = {
  ...CLIENT_FLAGS,
  binary: { type: "boolean", short: "b" },
  raw: { type: "boolean" },
  whole: { type: "boolean" },
  json: { type: "boolean" },
  linger: { type: "string" },
  wait: { type: "boolean" },
  count: { type: "string", short: "n" },
  "no-history": { type: "boolean" },
} as const;

const LINGER = 1000;

export const SESSION_HELP = `Messages
  -b, --binary                lines of input are octets in hexadecimal, sent as binary messages
  --raw                       input is octets, sent as binary messages as they come; what arrives is written as it is,
                              with nothing between messages
  --whole                     all of the input is one message, sent while it is read
  --json                      one line of JSON for every event, whatever is in it
  --no-history                what is typed is not kept in a file

In a pipe, the connection is closed
  --linger <ms>               when input has ended and no message came for so long    (default ${LINGER})
  --wait                      when the server closes it: never by itself
  -n, --count <number>        when so many messages have come
`;

/** @throws Mistake when options contradict one another */
export function readSession(given: Arguments<keyof typeof SESSION_FLAGS>): SessionOptions {
  if (given.has("binary") && given.has("raw")) throw new Mistake("Use either --binary or --raw.");
  if (given.has("raw") && given.has("json")) throw new Mistake("Use either --raw or --json.");
  if (given.has("binary") && given.has("whole")) {
    throw new Mistake("--whole sends text, or octets together with --raw: not lines of --binary.");
  }
  const linger = given.whole("linger", 0, MAX_TIME);
  if (given.has("wait") && linger !== undefined) throw new Mistake("Use either --linger or --wait.");
  return {
    input: given.has("raw") ? "raw" : given.has("binary") ? "hex" : "text",
    whole: given.has("whole"),
    json: given.has("json"),
    linger: given.has("wait") ? null : (linger ?? LINGER),
    count: given.whole("count", 1, 1e9) ?? null,
    history: !given.has("no-history"),
  };
}
