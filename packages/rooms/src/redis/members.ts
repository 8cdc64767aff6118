import type { Keys } from "./keys.ts";
import { byProcess } from "./presence.ts";
import { listOf, textOf } from "./reply.ts";
import type { Session } from "./session.ts";

/** What the living processes say of the members of a room, by process and member. */
export async function readMembers(
  session: Session,
  keys: Keys,
  room: string,
  self: string,
): Promise<Map<string, Map<string, string>>> {
  const flat = listOf(await session.command("HGETALL", keys.members(room))).map((reply) => textOf(reply));
  const fields: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) fields.push([flat[at]!, flat[at + 1]!]);
  const members = byProcess(fields);
  const dead = await deadOf(
    session,
    keys,
    [...members.keys()].filter((process) => process !== self),
  );
  for (const process of dead) members.delete(process);
  return members;
}

/** Which of these processes have not said for long that they live. */
export async function deadOf(session: Session, keys: Keys, processes: readonly string[]): Promise<string[]> {
  const alive = await Promise.all(
    processes.map((process) => session.command("EXISTS", keys.process(process))),
  );
  return processes.filter((_, index) => alive[index] === 0);
}
