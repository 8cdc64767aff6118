import type { Backplane } from "./backplane.ts";
import type { LeaveReason } from "./options.ts";
import { type Membership, Room } from "./room.ts";
import { isClosed, type RoomSocket, whenClosed } from "./socket.ts";

/** Called when a socket has left a room. */
export type Left<Socket> = (room: string, socket: Socket, reason: LeaveReason) => void;

/** Which sockets are in which rooms here. A room is open at the backplane as long as somebody is in it. */
export class Places<Socket extends RoomSocket, Info> {
  readonly #backplane: Pick<Backplane<Info>, "open" | "release" | "exit">;
  readonly #left: Left<Socket>;
  readonly #rooms = new Map<string, Room<Socket, Info>>();
  /** The rooms of each socket that is in any. */
  readonly #sockets = new Map<Socket, Set<Room<Socket, Info>>>();
  /** Sockets whose end is listened for: once each, however often they come and go. */
  readonly #watched = new WeakSet<Socket>();

  constructor(backplane: Pick<Backplane<Info>, "open" | "release" | "exit">, left: Left<Socket>) {
    this.#backplane = backplane;
    this.#left = left;
  }

  get names(): IterableIterator<string> {
    return this.#rooms.keys();
  }

  get sockets(): IterableIterator<Socket> {
    return this.#sockets.keys();
  }

  /** The room of that name, if somebody is in it. */
  find(name: string): Room<Socket, Info> | undefined {
    return this.#rooms.get(name);
  }

  of(socket: Socket): Iterable<Room<Socket, Info>> {
    return this.#sockets.get(socket) ?? [];
  }

  /** The room of that name, for somebody who is about to enter it. */
  open(name: string): Room<Socket, Info> {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const room = new Room<Socket, Info>(name, () => this.#backplane.open(name));
    // Each who waits for it is told; nobody may wait any more.
    room.opened.catch(() => undefined);
    this.#rooms.set(name, room);
    return room;
  }

  enter(room: Room<Socket, Info>, socket: Socket): Membership<Socket, Info> {
    const membership = room.add(socket);
    const rooms = this.#sockets.get(socket);
    if (rooms === undefined) this.#sockets.set(socket, new Set([room]));
    else rooms.add(room);
    if (!this.#watched.has(socket)) {
      this.#watched.add(socket);
      whenClosed(socket, () => this.leaveAll(socket, "closed"));
    }
    if (isClosed(socket)) this.leaveAll(socket, "closed");
    return membership;
  }

  leave(room: Room<Socket, Info>, membership: Membership<Socket, Info>, reason: LeaveReason): void {
    const { socket } = membership;
    const absent = room.remove(membership);
    const rooms = this.#sockets.get(socket);
    rooms?.delete(room);
    if (rooms?.size === 0) this.#sockets.delete(socket);
    if (absent !== null) this.#backplane.exit(room.name, absent);
    if (room.memberships.size === 0 && this.#rooms.get(room.name) === room) {
      this.#rooms.delete(room.name);
      this.#backplane.release(room.name);
    }
    this.#left(room.name, socket, reason);
  }

  leaveAll(socket: Socket, reason: LeaveReason): void {
    for (const room of this.of(socket)) {
      const membership = room.memberships.get(socket);
      if (membership !== undefined) this.leave(room, membership, reason);
    }
  }
}
