/** What Redis answers, with its strings as octets. */
export type Reply = Buffer | string | number | null | readonly Reply[];

/** An argument of a command. */
export type Argument = string | Buffer;

/** An answer is not of the form that it has by the documentation of Redis. */
export class ReplyError extends TypeError {
  constructor(expected: string) {
    super(`Redis answered something else than ${expected}`);
  }
}

/** @throws ReplyError */
export function listOf(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply;
  throw new ReplyError("a list");
}

/** @throws ReplyError */
export function octetsOf(reply: Reply | undefined): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  if (typeof reply === "string") return Buffer.from(reply);
  throw new ReplyError("a string");
}

/** @throws ReplyError */
export function textOf(reply: Reply | undefined): string {
  return octetsOf(reply).toString();
}
