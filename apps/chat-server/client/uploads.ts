import type { AnswerOf, FileInfo } from "../src/protocol/answers.ts";
import { encodeChunk } from "../src/protocol/chunk.ts";
import type { RequestOf } from "../src/protocol/requests.ts";
import { LIMITS } from "../src/protocol/version.ts";

/** A file on its way to the server. */
export interface Upload {
  readonly upload: string;
  readonly room: string;
  readonly file: Blob & { readonly name: string };
  /** What is said with it. */
  readonly text: string;
  /** Octets that the server has. */
  readonly offset: number;
  /** Why the server refused it; null while it is on its way. */
  readonly failed: string | null;
}

interface Parts {
  readonly say: (request: RequestOf<"upload">) => boolean;
  readonly send: (message: Uint8Array<ArrayBuffer>) => boolean;
  /** The server has the whole file. */
  readonly done: (upload: Upload, file: FileInfo) => void;
  readonly changed: () => void;
}

/** Pieces that may be on their way before the server has said that it has the first of them. */
const WINDOW = 4;
const TRANSIENT = new Set(["rate_limited", "storage_unavailable", "not_joined", "too_many_uploads"]);

/** Sends files piece by piece, one file after the other, and goes on where it was when the connection was lost. */
export class Uploads {
  readonly #parts: Parts;
  #queue: Upload[] = [];
  #sent = 0;
  #open = false;
  #reading = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get all(): readonly Upload[] {
    return this.#queue;
  }

  opened(): void {
    this.#open = true;
    this.#begin();
  }

  closed(): void {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  add(room: string, file: Upload["file"], text: string): void {
    const upload = Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join("");
    this.#queue.push({ upload, room, file, text, offset: 0, failed: null });
    this.#parts.changed();
    if (this.#current?.upload === upload) this.#begin();
  }

  drop(upload: string): void {
    const first = this.#current?.upload === upload;
    this.#queue = this.#queue.filter((other) => other.upload !== upload);
    this.#parts.changed();
    if (first) this.#begin();
  }

  progress({ upload, offset }: AnswerOf<"uploading">): void {
    const current = this.#current;
    if (current?.upload !== upload) return;
    // The answer to the request says where to go on; answers to pieces only rise.
    if (offset < current.offset || this.#sent < offset) this.#sent = offset;
    this.#update(upload, { offset });
    void this.#pump();
  }

  whole({ upload, file }: AnswerOf<"uploaded">): void {
    const found = this.#queue.find((other) => other.upload === upload);
    if (found === undefined) return;
    this.#queue = this.#queue.filter((other) => other !== found);
    this.#parts.done(found, file);
    this.#parts.changed();
    this.#begin();
  }

  /** @returns whether the error was about an upload */
  refused({ upload = "", code, retryAfter = 1000 }: AnswerOf<"error">): boolean {
    if (!this.#queue.some((other) => other.upload === upload)) return false;
    if (TRANSIENT.has(code) || code === "not_found") {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#begin(), retryAfter);
    } else {
      this.#update(upload, { failed: code });
      this.#begin();
    }
    return true;
  }

  get #current(): Upload | undefined {
    return this.#queue.find(({ failed }) => failed === null);
  }

  #begin(): void {
    const current = this.#current;
    if (!this.#open || current === undefined) return;
    this.#sent = 0;
    const { upload, room, file } = current;
    this.#parts.say({ type: "upload", upload, room, name: file.name.slice(-200), size: file.size });
    this.#update(upload, { offset: 0 });
  }

  async #pump(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    for (let current = this.#current; current !== undefined && this.#open; current = this.#current) {
      const { upload, file, offset } = current;
      const from = this.#sent;
      if (from >= file.size || from - offset >= WINDOW * LIMITS.chunk) break;
      const content = new Uint8Array(await file.slice(from, from + LIMITS.chunk).arrayBuffer());
      // Meanwhile it may have begun anew, or be over.
      if (this.#current?.upload !== upload || this.#sent !== from) continue;
      if (!this.#parts.send(encodeChunk({ id: upload, offset: from, content }))) break;
      this.#sent = from + content.length;
    }
    this.#reading = false;
  }

  #update(upload: string, change: Partial<Upload>): void {
    this.#queue = this.#queue.map((other) => (other.upload === upload ? { ...other, ...change } : other));
    this.#parts.changed();
  }
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, "0");
}
