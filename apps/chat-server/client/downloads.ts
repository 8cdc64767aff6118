import type { AnswerOf, FileInfo } from "../src/protocol/answers.ts";
import type { Chunk } from "../src/protocol/chunk.ts";
import type { RequestOf } from "../src/protocol/requests.ts";

interface Download {
  readonly room: string;
  readonly info: FileInfo;
  readonly pieces: Uint8Array<ArrayBuffer>[];
  received: number;
  readonly resolve: (blob: Blob) => void;
  readonly reject: (error: Error) => void;
  readonly promise: Promise<Blob>;
  asked: boolean;
}

const AT_A_TIME = 2;

/** Gets the contents of files, each once, and goes on where it was when the connection was lost. */
export class Downloads {
  readonly #say: (request: RequestOf<"fetch">) => boolean;
  readonly #downloads = new Map<string, Download>();
  readonly #kept = new Map<string, Promise<Blob>>();
  #open = false;

  constructor(say: (request: RequestOf<"fetch">) => boolean) {
    this.#say = say;
  }

  opened(): void {
    this.#open = true;
    for (const download of this.#downloads.values()) download.asked = false;
    this.#next();
  }

  closed(): void {
    this.#open = false;
  }

  /** @throws Error when the server does not give it */
  get(room: string, info: FileInfo): Promise<Blob> {
    const known = this.#kept.get(info.file);
    if (known !== undefined) return known;
    let resolve: Download["resolve"] | undefined;
    let reject: Download["reject"] | undefined;
    const promise = new Promise<Blob>((done, failed) => {
      resolve = done;
      reject = failed;
    });
    promise.catch(() => {});
    this.#downloads.set(info.file, {
      room,
      info,
      pieces: [],
      received: 0,
      resolve: (blob) => resolve?.(blob),
      reject: (error) => reject?.(error),
      promise,
      asked: false,
    });
    this.#kept.set(info.file, promise);
    this.#next();
    return promise;
  }

  piece({ id, offset, content }: Chunk): void {
    const download = this.#downloads.get(id);
    if (download === undefined || offset !== download.received) return;
    download.pieces.push(new Uint8Array(content));
    download.received += content.length;
    if (download.received < download.info.size) return;
    this.#downloads.delete(id);
    // The type is one that the server has found by looking at the content.
    download.resolve(new Blob(download.pieces, { type: download.info.media }));
    this.#next();
  }

  /** @returns whether the error was about a download */
  refused({ id = "", code, retryAfter = 1000 }: AnswerOf<"error">): boolean {
    const file = id.replace(/^fetch-/, "");
    const download = this.#downloads.get(file);
    if (download === undefined) return false;
    if (code === "not_found" || code === "invalid") {
      this.#downloads.delete(file);
      this.#kept.delete(file);
      download.reject(new Error(code));
    } else {
      setTimeout(() => {
        download.asked = false;
        this.#next();
      }, retryAfter);
    }
    return true;
  }

  #next(): void {
    if (!this.#open) return;
    let asked = 0;
    for (const download of this.#downloads.values()) {
      if (asked >= AT_A_TIME) return;
      asked++;
      if (download.asked) continue;
      const { room, info, received } = download;
      download.asked = this.#say({
        type: "fetch",
        id: `fetch-${info.file}`,
        room,
        file: info.file,
        from: received,
      });
    }
  }
}
