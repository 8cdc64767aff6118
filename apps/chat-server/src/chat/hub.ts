import { type PreparedMessage, prepare } from "@plyws/node";
import {
  type Backplane,
  type Member as Present,
  parseId,
  type RoomMessage,
  type RoomSignal,
  type RoomSocket,
  Rooms,
} from "@plyws/rooms";
import type { Logger } from "pino";
import type { Answer, User } from "../protocol/answers.ts";
import { CLOSE } from "../protocol/version.ts";
import type { Info } from "../storage/store.ts";
import type { Session } from "./session.ts";

/** What goes from process to process: no room of the chat begins with "!". */
const NEWS = "!news";

/** The rooms and connections of this process, and what it tells the others. */
export class Hub {
  readonly rooms: Rooms<RoomSocket, Info>;
  readonly #people = new Map<string, Set<Session>>();

  constructor(backplane: Backplane<Info>, log: Logger) {
    this.rooms = new Rooms<RoomSocket, Info>(
      { backplane, encode: (message) => this.#encode(message) },
      {
        presence: (room, { id, info, change }) => {
          const user = { id, name: info?.name ?? "" };
          this.rooms.tell(room, encode({ type: "presence", room, user, here: change !== "went" }));
        },
        // They come back, and have replayed what is left.
        lost: (room) => {
          for (const socket of this.rooms.sockets(room))
            socket.close?.(CLOSE.restart, "Messages were missed");
        },
        state: (state, error) => {
          if (state === "closed") return;
          log.warn({ state, err: error }, "the storage of the rooms");
          const code = state === "ready" ? "storage_available" : "storage_unavailable";
          this.tellAll({ type: "notice", code });
        },
        error: (error) => log.error({ err: error }, "a room failed"),
      },
    );
  }

  /** Begins to listen to the other processes. */
  async start(): Promise<void> {
    await this.rooms.join(NEWS, { send: (news: unknown) => this.#heard(String(news)) });
  }

  /** How many rooms somebody of this process is in. */
  get size(): number {
    return [...this.rooms.names].filter((room) => room !== NEWS).length;
  }

  /** Somebody has said who they are. */
  add(session: Session): void {
    const sessions = this.#people.get(session.user.id);
    if (sessions === undefined) this.#people.set(session.user.id, new Set([session]));
    else sessions.add(session);
  }

  /** A connection has ended. It leaves its rooms by itself. */
  remove(session: Session): void {
    const sessions = this.#people.get(session.user.id);
    if (sessions?.delete(session) === true && sessions.size === 0) this.#people.delete(session.user.id);
  }

  /** Tells something that may be lost to all connections of one person, on all processes. */
  tellPerson(id: string, answer: Answer): void {
    this.rooms.signal(NEWS, JSON.stringify({ to: id, answer }));
  }

  /** Tells something that may be lost to everybody on all processes. */
  tellEverybody(answer: Answer): void {
    this.rooms.signal(NEWS, JSON.stringify({ to: null, answer }));
  }

  /** Tells everybody on this process. */
  tellAll(answer: Answer): void {
    const message = encode(answer);
    for (const sessions of this.#people.values()) for (const session of sessions) session.push(message);
  }

  #heard(news: string): void {
    const { to, answer }: { to: string | null; answer: Answer } = JSON.parse(news);
    if (to === null) this.tellAll(answer);
    else for (const session of this.#people.get(to) ?? []) session.tell(answer);
  }

  /** A message is kept without its place, since only keeping it gives it one. */
  #encode(message: RoomMessage | RoomSignal): PreparedMessage | string {
    const { room, id, data } = message;
    if (typeof data !== "string") throw new TypeError("All that is said in rooms is text");
    if (room === NEWS) return data;
    if (id !== null) return prepare(`{${placed(id)},${data.slice(1)}`);
    return prepare(data);
  }
}

export function memberOf({ id, name }: User): Present<Info> {
  return { id, info: { name } };
}

/** When an event got its place, in milliseconds since 1970: the place tells. */
export function timeOf(seq: string): number {
  return parseId(seq)?.time ?? 0;
}

function placed(seq: string): string {
  return `"seq":"${seq}","at":${timeOf(seq)}`;
}

function encode(answer: Answer): PreparedMessage {
  return prepare(JSON.stringify(answer));
}
