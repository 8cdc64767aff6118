import type { Backplane, BackplaneState } from "./backplane.ts";
import { Delivery } from "./delivery.ts";
import { LocalBackplane } from "./local-backplane.ts";
import {
  checkData,
  checkName,
  type History,
  type HistoryRange,
  type Member,
  type RoomData,
  type RoomMessage,
  type RoomSignal,
} from "./message.ts";
import type {
  JoinOptions,
  JoinReport,
  RoomsCounters,
  RoomsEvents,
  RoomsOptions,
  SendableOf,
  SlowPolicy,
} from "./options.ts";
import { Places } from "./places.ts";
import { replay } from "./replay.ts";
import { reportError } from "./report.ts";
import type { Membership, Room } from "./room.ts";
import type { RoomSocket } from "./socket.ts";
import { isThenable } from "./thenable.ts";

/**
 * Named rooms over sockets. A socket joins rooms and leaves them, at the latest when it closes; what is published in a
 * room goes to all of its members, on all processes that share the backplane, in one order.
 *
 * @example
 * ```ts
 * const rooms = new Rooms();
 * await rooms.join("lobby", socket);
 * await rooms.publish("lobby", "hello");
 * ```
 */
export class Rooms<Socket extends RoomSocket = RoomSocket, Info = unknown> {
  readonly #backplane: Backplane<Info>;
  readonly #encode: (message: RoomMessage | RoomSignal) => SendableOf<Socket>;
  readonly #slow: SlowPolicy;
  readonly #events: RoomsEvents<Socket, Info>;
  readonly #delivery: Delivery<Socket>;
  readonly #places: Places<Socket, Info>;

  constructor(options: RoomsOptions<Socket, Info> = {}, events: RoomsEvents<Socket, Info> = {}) {
    const {
      backplane = new LocalBackplane(),
      slow = "disconnect",
      maxBufferedAmount = 1024 * 1024,
    } = options;
    if (!(maxBufferedAmount >= 0)) throw new RangeError("maxBufferedAmount is a number from 0");
    this.#backplane = backplane;
    this.#encode = (message) => (options.encode === undefined ? message.data : options.encode(message));
    this.#slow = slow;
    this.#events = events;
    this.#places = new Places<Socket, Info>(backplane, (room, socket, reason) =>
      this.#tell(() => this.#events.left?.(room, socket, reason)),
    );
    this.#delivery = new Delivery<Socket>(
      {
        slow: (room, socket, action) => this.#tell(() => this.#events.slow?.(room.name, socket, action)),
        ended: (socket, reason) => this.#places.leaveAll(socket, reason),
        failed: (error) => this.#failed(error),
      },
      maxBufferedAmount,
    );
    backplane.start({
      message: (message) => this.#message(message),
      signal: (signal) => this.#deliver(signal, null),
      presence: (room, change) => {
        this.#tell(() => this.#events.presence?.(room, change));
      },
      lost: (room, last) => this.#lost(room, last),
      state: (state, error) => this.#tell(() => this.#events.state?.(state, error)),
      error: (error) => this.#failed(error),
    });
  }

  /** Whether the backplane is reached. */
  get state(): BackplaneState {
    return this.#backplane.state;
  }

  /** The names of the rooms that have members here. */
  get names(): IterableIterator<string> {
    return this.#places.names;
  }

  /** A copy. */
  get counters(): RoomsCounters {
    return { ...this.#delivery.counters };
  }

  /**
   * Joins a room: when it resolves, the socket has what it asked for by `after`, and gets all that comes later. To join
   * again describes the member anew, and does nothing else.
   *
   * A socket without `closed`, `addEventListener` and `once` cannot tell that it has ended: {@link leaveAll} does.
   *
   * @throws BackplaneError when the backplane is not reached; the socket is not in the room then
   * @throws TypeError when the name of the room or of the member is not good
   * @throws RangeError when `after` is not an id
   */
  join(name: string, socket: Socket, options: JoinOptions<Info> = {}): Promise<JoinReport> {
    return handled(this.#join(name, socket, options));
  }

  /** Leaves a room. @returns whether the socket was in it */
  leave(name: string, socket: Socket): boolean {
    const room = this.#places.find(name);
    const membership = room?.memberships.get(socket);
    if (room === undefined || membership === undefined) return false;
    this.#places.leave(room, membership, "left");
    return true;
  }

  /** Leaves all rooms. */
  leaveAll(socket: Socket): void {
    this.#places.leaveAll(socket, "left");
  }

  /**
   * Publishes a message to all members of a room, the sender included when it is one. Resolves with the id of the
   * message when it has its place and is kept. Nobody has to be in the room.
   *
   * @param data what is said; octets may be used again when it resolves
   * @param options `once`: a text that is the same when a message is published again, because nobody knows whether the
   * first time came through. It is then kept and told once only, and the id is that of the first
   * @throws BackplaneError when it was not kept, or, with the code "unknown", may not have been
   */
  publish(name: string, data: RoomData, options: { readonly once?: string } = {}): Promise<string> {
    return handled(this.#publish(name, data, options.once ?? null));
  }

  /**
   * Says something to those who are in a room now: it is not kept, has no id, and may be lost on the way to other
   * processes and to members that are slow.
   *
   * @param options `except`: the socket that does not get it, usually the one that it came from
   */
  signal(name: string, data: RoomData, options: { readonly except?: Socket } = {}): void {
    checkName("The name of a room", name);
    checkData(data);
    this.#deliver({ room: name, id: null, data }, options.except ?? null);
    this.#backplane.signal(name, data);
  }

  /**
   * Sends something, as it is, to the members of a room on this process only: news that every process has by itself,
   * such as presence.
   */
  tell(name: string, message: SendableOf<Socket>, options: { readonly except?: Socket } = {}): void {
    const room = this.#places.find(name);
    if (room !== undefined) this.#signal(room, message, options.except ?? null);
  }

  /**
   * Messages of a room that are kept, the oldest first: those after an id, those before one, or the newest.
   *
   * @throws BackplaneError when the backplane is not reached
   * @throws RangeError when `after` or `before` is not an id, or `limit` not a whole number from 1
   */
  async history(name: string, range: HistoryRange = {}): Promise<History> {
    checkName("The name of a room", name);
    return this.#backplane.history(name, range);
  }

  /**
   * Who is present in a room, on all processes: each member once, with however many sockets.
   *
   * @throws BackplaneError when the backplane is not reached, and nobody is in the room here
   */
  async members(name: string): Promise<Member<Info>[]> {
    checkName("The name of a room", name);
    return this.#backplane.members(name);
  }

  /** The sockets of this process that are in a room. */
  *sockets(name: string): Generator<Socket, void, undefined> {
    yield* this.#places.find(name)?.memberships.keys() ?? [];
  }

  /** The rooms that a socket is in. */
  *roomsOf(socket: Socket): Generator<string, void, undefined> {
    for (const room of this.#places.of(socket)) yield room.name;
  }

  /** Everybody leaves, and the backplane is closed. The sockets stay as they are. */
  async close(): Promise<void> {
    for (const socket of this.#places.sockets) this.#places.leaveAll(socket, "left");
    await this.#backplane.close();
  }

  async #join(name: string, socket: Socket, { member, after }: JoinOptions<Info>): Promise<JoinReport> {
    checkName("The name of a room", name);
    if (member !== undefined) checkName("The id of a member", member.id);
    const room = this.#places.open(name);
    const known = room.memberships.get(socket);
    const membership = known ?? this.#places.enter(room, socket);
    try {
      await room.opened;
      if (membership.gone) return reportOf(membership, 0, false);
      if (member !== undefined) this.#describe(room, membership, member);
      if (known !== undefined) return reportOf(membership, 0, false);
      if (after === undefined) {
        membership.seen = room.cursor;
        return reportOf(membership, 0, false);
      }
      const { replayed, gap } = await replay({
        room,
        membership,
        after,
        read: (range) => this.#backplane.history(name, range),
        send: (message) => this.#delivery.send(room, membership, this.#encode(message), this.#slow),
      });
      return reportOf(membership, replayed, gap);
    } catch (error) {
      if (known === undefined && !membership.gone) this.#places.leave(room, membership, "left");
      throw error;
    }
  }

  async #publish(name: string, data: RoomData, once: string | null): Promise<string> {
    checkName("The name of a room", name);
    checkData(data);
    if (once !== null) checkName("The text for `once`", once);
    const id = await this.#backplane.publish(name, data, once);
    this.#delivery.counters.published++;
    return id;
  }

  #describe(room: Room<Socket, Info>, membership: Membership<Socket, Info>, member: Member<Info>): void {
    const { id, info } = member;
    const news = room.describe(membership, info === undefined ? { id } : { id, info });
    if (news !== null) this.#backplane.enter(room.name, news);
  }

  /** A message of a room that is open here: the next in its order. */
  #message(message: RoomMessage): void {
    const room = this.#places.find(message.room);
    if (room === undefined) return;
    room.cursor = message.id;
    let encoded: { readonly message: SendableOf<Socket> } | null = null;
    for (const membership of room.memberships.values()) {
      // Who came a moment ago has it already by the replay, or was not there when it was said.
      if (membership.seen === null || message.id <= membership.seen) continue;
      encoded ??= this.#encoded(message);
      if (encoded === null) return;
      membership.seen = message.id;
      this.#delivery.send(room, membership, encoded.message, this.#slow);
    }
  }

  #deliver(signal: RoomSignal, except: Socket | null): void {
    const room = this.#places.find(signal.room);
    if (room === undefined) return;
    const encoded = this.#encoded(signal);
    if (encoded !== null) this.#signal(room, encoded.message, except);
  }

  #signal(room: Room<Socket, Info>, message: SendableOf<Socket>, except: Socket | null): void {
    for (const membership of room.memberships.values()) {
      if (membership.seen === null || membership.socket === except) continue;
      this.#delivery.send(room, membership, message, "drop");
    }
  }

  #encoded(message: RoomMessage | RoomSignal): { readonly message: SendableOf<Socket> } | null {
    try {
      return { message: this.#encode(message) };
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  #lost(name: string, last: string): void {
    const room = this.#places.find(name);
    if (room === undefined) return;
    room.cursor = last;
    for (const membership of room.memberships.values()) {
      if (membership.seen !== null) membership.seen = last;
    }
    this.#tell(() => this.#events.lost?.(name));
  }

  #tell(event: () => unknown): void {
    try {
      const result = event();
      if (isThenable(result)) Promise.resolve(result).catch((error: unknown) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    reportError(this.#events, error);
  }
}

function reportOf<Socket>({ gone, seen }: Membership<Socket>, replayed: number, gap: boolean): JoinReport {
  return { joined: !gone, last: seen ?? "", replayed, gap };
}

/** The caller has it, and may care for it or not: not to must not end the process. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
