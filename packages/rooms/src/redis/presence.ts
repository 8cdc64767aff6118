import type { Member, PresenceChange } from "../message.ts";
import type { Info } from "./codec.ts";

/** What a process says of a member, JSON or "", by the name of the process. */
type Says = Map<string, string>;

/** Who is present in one room, put together of what the processes say. */
export class PresenceView<Value> {
  readonly #members = new Map<string, Says>();
  readonly #tell: (change: PresenceChange<Value>) => void;

  constructor(tell: (change: PresenceChange<Value>) => void) {
    this.#tell = tell;
  }

  /** One process says something new of one member, or `null` when the member has gone there. */
  set(process: string, id: string, info: Info): void {
    const says = this.#members.get(id);
    if (info === null) {
      if (says === undefined || !says.has(process)) return;
      const before = infoOf(says);
      says.delete(process);
      if (says.size === 0) {
        this.#members.delete(id);
        this.#change(id, before, "went");
      } else if (infoOf(says) !== before) this.#change(id, infoOf(says), "changed");
      return;
    }
    if (says === undefined) {
      this.#members.set(id, new Map([[process, info]]));
      this.#change(id, info, "came");
      return;
    }
    const before = infoOf(says);
    // What was said last counts.
    if (says.get(process) !== info) says.delete(process);
    says.set(process, info);
    if (infoOf(says) !== before) this.#change(id, infoOf(says), "changed");
  }

  /** All that a process says, in place of what it said. */
  replace(process: string, members: ReadonlyMap<string, string>): void {
    for (const [id, says] of this.#members) {
      if (says.has(process) && !members.has(id)) this.set(process, id, null);
    }
    for (const [id, info] of members) this.set(process, id, info);
  }

  /** The processes that say anything. */
  get processes(): Set<string> {
    return new Set([...this.#members.values()].flatMap((says) => [...says.keys()]));
  }

  /** The members that a process names. */
  of(process: string): string[] {
    return [...this.#members].filter(([, says]) => says.has(process)).map(([id]) => id);
  }

  get members(): Member<Value>[] {
    return [...this.#members].map(([id, says]) => memberOf(id, infoOf(says)));
  }

  #change(id: string, info: string, change: PresenceChange["change"]): void {
    this.#tell({ ...memberOf<Value>(id, info), change });
  }
}

/** What is said of a member, as JSON; "" for nothing. @throws TypeError when it is no value of JSON */
export function encodeInfo(info: unknown): string {
  return info === undefined ? "" : (JSON.stringify(info) ?? "");
}

/** Whether it is what `encodeInfo` gives. Whoever may write to Redis can write something else. */
export function isInfo(info: string): boolean {
  if (info === "") return true;
  try {
    JSON.parse(info);
    return true;
  } catch {
    return false;
  }
}

function memberOf<Value>(id: string, info: string): Member<Value> {
  return info === "" ? { id } : { id, info: JSON.parse(info) };
}

/** What was said last. */
function infoOf(says: Says): string {
  let last = "";
  for (const info of says.values()) last = info;
  return last;
}

/** The field of a hash for a member at a process. The names of processes have no spaces. */
export function fieldOf(process: string, id: string): string {
  return `${process} ${id}`;
}

/** The fields of a hash, by process and member. */
export function byProcess(
  fields: Iterable<readonly [field: string, info: string]>,
): Map<string, Map<string, string>> {
  const processes = new Map<string, Map<string, string>>();
  for (const [field, info] of fields) {
    const space = field.indexOf(" ");
    if (space === -1 || !isInfo(info)) continue;
    const process = field.slice(0, space);
    const members = processes.get(process) ?? new Map<string, string>();
    processes.set(process, members.set(field.slice(space + 1), info));
  }
  return processes;
}
