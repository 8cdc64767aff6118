import type { ErrorCode } from "./errors.ts";

/** Somebody, as all others see them. */
export interface User {
  readonly id: string;
  readonly name: string;
}

/** Somebody who is in a room. */
export interface Member extends User {
  /** The newest event that they have seen; "" when it is not known. */
  readonly read: string;
}

/** A file that is part of a message. Its octets come by `fetch`. */
export interface FileInfo {
  readonly file: string;
  readonly name: string;
  /** Octets. */
  readonly size: number;
  /** What the content is, by its first octets: never what the sender claims. */
  readonly media: string;
}

/** A message as it is now: edits and deletion included. */
export interface Message {
  readonly type: "message";
  readonly room: string;
  /**
   * Its place in the order of the room: 20 hexadecimal digits that compare as texts. Edits and deletions have places of
   * their own.
   */
  readonly seq: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
  /** What its author chose, so that they recognise it. */
  readonly id: string;
  readonly from: User;
  /** Empty when it was deleted. */
  readonly text: string;
  readonly file?: FileInfo;
  /** The message that this one answers. */
  readonly reply?: string;
  readonly edited?: number;
  readonly deleted?: true;
}

/** A change of the message `of`. */
export interface Edited {
  readonly type: "edited";
  readonly room: string;
  readonly seq: string;
  readonly at: number;
  readonly id: string;
  readonly from: User;
  readonly of: string;
  readonly text: string;
}

export interface Deleted {
  readonly type: "deleted";
  readonly room: string;
  readonly seq: string;
  readonly at: number;
  readonly id: string;
  readonly from: User;
  readonly of: string;
}

/** What a room's order consists of. */
export type RoomEvent = Message | Edited | Deleted;

/** A room of two, as one of them sees it. */
export interface DirectInfo {
  readonly room: string;
  readonly with: User;
}

export interface Welcome {
  readonly type: "welcome";
  readonly id?: string;
  readonly user: User;
  /** Guests only: to be shown at the next `hello`, and kept secret. */
  readonly key?: string;
  readonly rooms: readonly string[];
  readonly directs: readonly DirectInfo[];
  readonly limits: { readonly text: number; readonly file: number };
}

export interface Joined {
  readonly type: "joined";
  readonly id?: string;
  readonly room: string;
  /** All events after this one follow, one by one and in order; "" when there was none before. */
  readonly head: string;
  /** The newest messages, when there was no `after`. */
  readonly messages: readonly Message[];
  /** Whether there are older messages than these. */
  readonly more: boolean;
  /** What follows the `after` of the request is not kept any more: forget what was known of the room. */
  readonly reset?: true;
  /** The other one of a direct room. */
  readonly with?: User;
}

export type Answer =
  | Welcome
  | Joined
  | RoomEvent
  | { readonly type: "left"; readonly id?: string; readonly room: string }
  | {
      readonly type: "ack";
      readonly id: string;
      readonly room: string;
      readonly seq: string;
      readonly at: number;
    }
  | { readonly type: "rooms"; readonly id?: string; readonly rooms: readonly string[] }
  | { readonly type: "room"; readonly room: string }
  | ({ readonly type: "direct"; readonly id?: string } & DirectInfo)
  | {
      readonly type: "history";
      readonly id?: string;
      readonly room: string;
      readonly messages: readonly Message[];
      readonly more: boolean;
    }
  | {
      readonly type: "found";
      readonly id?: string;
      readonly room: string;
      /** Newest first. */
      readonly messages: readonly Message[];
      /** Search again with this as `before` to look at older messages; null when there are none. */
      readonly before: string | null;
    }
  /** Who is here: follows `joined` when all that was missed has been sent. */
  | { readonly type: "members"; readonly room: string; readonly members: readonly Member[] }
  | { readonly type: "presence"; readonly room: string; readonly user: User; readonly here: boolean }
  | { readonly type: "typing"; readonly room: string; readonly user: User }
  | { readonly type: "read"; readonly room: string; readonly user: User; readonly seq: string }
  | {
      readonly type: "uploading";
      readonly id?: string;
      readonly upload: string;
      /** Every octet before it is kept: go on from here. */
      readonly offset: number;
    }
  | { readonly type: "uploaded"; readonly upload: string; readonly file: FileInfo }
  | { readonly type: "fetched"; readonly id: string; readonly file: FileInfo }
  | {
      /** Something that concerns everybody. */
      readonly type: "notice";
      readonly code: "storage_unavailable" | "storage_available" | "restarting";
      /** Milliseconds. */
      readonly retryAfter?: number;
    }
  | {
      readonly type: "error";
      readonly id?: string;
      readonly room?: string;
      readonly upload?: string;
      readonly code: ErrorCode;
      /** For people who read logs, in English. */
      readonly message: string;
      /** Milliseconds. */
      readonly retryAfter?: number;
    };

export type AnswerOf<Type extends Answer["type"]> = Extract<Answer, { type: Type }>;
