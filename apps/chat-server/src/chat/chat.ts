import { BackplaneError } from "@plyws/rooms";
import type { Logger } from "pino";
import { type Chunk, decodeChunk } from "../protocol/chunk.ts";
import { ChatError, type ErrorCode } from "../protocol/errors.ts";
import { parseRequest, type Request } from "../protocol/requests.ts";
import { CLOSE, LIMITS } from "../protocol/version.ts";
import type { Context, Handler } from "../requests/context.ts";
import { fetch, piece, upload } from "../requests/files.ts";
import { hello } from "../requests/hello.ts";
import { history, search } from "../requests/lookup.ts";
import { edit, remove, send } from "../requests/messages.ts";
import { direct, join, leave, rooms } from "../requests/rooms.ts";
import { read, typing } from "../requests/signs.ts";
import { StorageError } from "../storage/store.ts";
import type { Session, Socket } from "./session.ts";

const HANDLERS: { readonly [Type in Request["type"]]: Handler<Type> } = {
  hello,
  join,
  leave,
  rooms,
  direct,
  send,
  edit,
  delete: remove,
  history,
  search,
  typing,
  read,
  upload,
  fetch,
};

const HELLO_MS = 10_000;
const STORAGE_RETRY_MS = 1000;
/** Octets that a piece of a file counts for at least. */
const SMALLEST_PIECE = 4096;

/** What is counted. */
export interface Counters {
  opened(): void;
  closed(): void;
  request(type: string): void;
  failed(code: string): void;
}

export interface ChatParts extends Context {
  readonly counters: Counters;
  readonly log: Logger;
}

/** Answers the messages of all connections. Whatever goes wrong with one becomes its `error`. */
export class Chat {
  readonly #parts: ChatParts;

  constructor(parts: ChatParts) {
    this.#parts = parts;
  }

  opened(socket: Socket): void {
    const session = socket.data;
    session.open(socket);
    session.endAt(() =>
      setTimeout(() => session.close(CLOSE.policy, "No hello within 10 seconds"), HELLO_MS),
    );
    this.#parts.counters.opened();
  }

  received({ data: session }: Socket, message: string | Uint8Array): void {
    session.receive(message, (next) => this.#answer(session, next));
  }

  closed({ data: session }: Socket): void {
    session.ended();
    if (session.welcomed) this.#parts.hub.remove(session);
    this.#parts.addresses.leave(session.address);
    this.#parts.counters.closed();
  }

  async #answer(session: Session, message: string | Uint8Array): Promise<void> {
    if (session.gone) return;
    let about: About = {};
    try {
      if (typeof message !== "string") {
        const chunk = this.#chunk(session, message);
        about = { upload: chunk.id };
        // A small piece is as much work as a larger one.
        const octets = Math.max(chunk.content.length, SMALLEST_PIECE);
        const wait = this.#parts.addresses.takeOctets(session.address, octets);
        if (wait > 0) throw new ChatError("rate_limited", "Too many octets at once.", wait);
        this.#parts.counters.request("piece");
        await piece(this.#parts, session, chunk);
        return;
      }
      const parsed = parse(message);
      about = aboutOf(parsed);
      this.#admit(session);
      if (!parsed.ok) throw new ChatError(parsed.code, parsed.problem);
      const { request } = parsed;
      if (!session.welcomed && request.type !== "hello") {
        throw new ChatError("hello_first", "Say hello first.");
      }
      this.#parts.counters.request(request.type);
      await this.#handle(session, request);
    } catch (error) {
      this.#refuse(session, about, error);
    }
  }

  #handle<Type extends Request["type"]>(
    session: Session,
    request: Extract<Request, { type: Type }>,
  ): void | Promise<void> {
    const handler = HANDLERS[request.type];
    return handler(this.#parts, session, request);
  }

  #chunk(session: Session, message: Uint8Array): Chunk {
    const chunk = session.welcomed ? decodeChunk(message) : null;
    if (chunk === null) {
      this.#admit(session);
      if (!session.welcomed) throw new ChatError("hello_first", "Say hello first.");
      throw new ChatError("invalid", "This binary message is no piece of a file.");
    }
    return chunk;
  }

  /** Refuses what is too much; whoever goes on and on has to go. */
  #admit(session: Session): void {
    const wait = Math.max(session.bucket.take(), this.#parts.addresses.take(session.address));
    if (wait === 0) return;
    if (session.strikes.take() > 0) session.close(CLOSE.policy, "Too many requests, after many warnings");
    throw new ChatError("rate_limited", "Too many requests.", wait);
  }

  #refuse(session: Session, about: About, error: unknown): void {
    const fault = toChatError(error);
    if (fault.code === "internal") this.#parts.log.error({ err: error }, "a request failed");
    if (fault.code === "storage_unavailable") this.#parts.log.warn({ err: error }, "the storage failed");
    this.#parts.counters.failed(fault.code);
    const { code, message, retryAfter } = fault;
    session.tell({
      type: "error",
      ...about,
      code,
      message,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
}

/** What an error is about, so that the client knows which of its requests it was. */
interface About {
  readonly id?: string;
  readonly room?: string;
  readonly upload?: string;
}

type Parsed =
  | { readonly ok: true; readonly request: Request }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly problem: string;
      readonly id: string | undefined;
    };

function parse(message: string): Parsed {
  if (message.length > LIMITS.control) {
    const problem = `A JSON message has at most ${LIMITS.control} characters.`;
    return { ok: false, code: "too_large", problem, id: undefined };
  }
  const parsed = parseRequest(message);
  return parsed.ok ? parsed : { ...parsed, code: "invalid" };
}

function aboutOf(parsed: Parsed): About {
  if (!parsed.ok) return parsed.id === undefined ? {} : { id: parsed.id };
  const { request } = parsed;
  return {
    ...(request.id !== undefined && { id: request.id }),
    ...("room" in request && { room: request.room }),
    ...("upload" in request && { upload: request.upload }),
  };
}

function toChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof StorageError || error instanceof BackplaneError) {
    return new ChatError("storage_unavailable", "It is not stored. Try again.", STORAGE_RETRY_MS);
  }
  return new ChatError("internal", "The server is at fault.");
}
