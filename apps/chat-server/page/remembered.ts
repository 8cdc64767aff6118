import type { Memory } from "../client/outbox.ts";
import { toRoom } from "../src/protocol/names.ts";

const PREFIX = "plyws.chat.";

/** What the browser remembers, where it may. */
export const memory: Memory = {
  getItem(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem(key, value) {
    localStorage.setItem(key, value);
  },
  removeItem(key) {
    localStorage.removeItem(key);
  },
};

export function recall<Value>(name: string, byDefault: Value): Value {
  try {
    return JSON.parse(memory.getItem(PREFIX + name) ?? "") ?? byDefault;
  } catch {
    return byDefault;
  }
}

export function remember(name: string, value: unknown): void {
  try {
    memory.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A browser that remembers nothing: it is as on the first visit the next time.
  }
}

/** The room that the address names behind its #, if it names one. */
export function roomOfAddress(): string | null {
  try {
    return toRoom(decodeURIComponent(location.hash.slice(1)));
  } catch {
    // Somebody has cut the address short in the middle of a character.
    return null;
  }
}

/** A token comes behind the # of the address, which browsers never send, and stays in this tab. */
export function takeToken(): string | undefined {
  const [, given] = /^#token=(.+)$/.exec(location.hash) ?? [];
  try {
    if (given !== undefined) {
      sessionStorage.setItem(`${PREFIX}token`, decodeURIComponent(given));
      history.replaceState(null, "", location.pathname);
    }
    return sessionStorage.getItem(`${PREFIX}token`) ?? undefined;
  } catch {
    return given;
  }
}
