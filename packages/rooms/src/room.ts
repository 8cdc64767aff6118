import type { Member } from "./message.ts";

/** One socket in one room. */
export interface Membership<Socket, Info = unknown> {
  readonly socket: Socket;
  /** Who is present by this socket; `null` for nobody. */
  member: Member<Info> | null;
  /**
   * The last message that it got or that was before it came: it gets what is later. `null` before it is told anything.
   */
  seen: string | null;
  /** Whether it has left. */
  gone: boolean;
}

interface Presence<Info> {
  member: Member<Info>;
  sockets: number;
}

/** A room with members here: who they are, and how far it was told to them. */
export class Room<Socket, Info = unknown> {
  readonly name: string;
  readonly memberships = new Map<Socket, Membership<Socket, Info>>();
  /** Resolves when the backplane tells what happens in this room; rejects when it cannot. */
  readonly opened: Promise<void>;
  /** The id of the last message that was told. */
  cursor = "";
  readonly #present = new Map<string, Presence<Info>>();

  /** @param open resolves with the id of the last message of the room */
  constructor(name: string, open: (name: string) => Promise<string>) {
    this.name = name;
    this.opened = this.#open(open);
  }

  add(socket: Socket): Membership<Socket, Info> {
    const membership: Membership<Socket, Info> = { socket, member: null, seen: null, gone: false };
    this.memberships.set(socket, membership);
    return membership;
  }

  /** @returns who is to be announced: somebody who was not present, or was described otherwise */
  describe(membership: Membership<Socket, Info>, member: Member<Info>): Member<Info> | null {
    if (membership.member !== null && membership.member.id !== member.id) {
      throw new TypeError("A socket that is in a room stays the same member: leave the room first");
    }
    const presence = this.#present.get(member.id);
    if (presence === undefined) this.#present.set(member.id, { member, sockets: 1 });
    else if (membership.member === null) presence.sockets++;
    membership.member = member;
    if (presence === undefined) return member;
    const known = presence.member;
    presence.member = member;
    return sameInfo(known.info, member.info) ? null : member;
  }

  /** @returns the id of the member who is not present by any socket any more */
  remove(membership: Membership<Socket, Info>): string | null {
    membership.gone = true;
    this.memberships.delete(membership.socket);
    if (membership.member === null) return null;
    const { id } = membership.member;
    const presence = this.#present.get(id);
    if (presence === undefined || --presence.sockets > 0) return null;
    this.#present.delete(id);
    return id;
  }

  async #open(open: (name: string) => Promise<string>): Promise<void> {
    const last = await open(this.name);
    if (last > this.cursor) this.cursor = last;
  }
}

function sameInfo(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
