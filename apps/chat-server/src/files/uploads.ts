import { randomBytes } from "node:crypto";
import type { FileInfo, User } from "../protocol/answers.ts";
import { ChatError } from "../protocol/errors.ts";
import type { RequestOf } from "../protocol/requests.ts";
import { LIMITS } from "../protocol/version.ts";
import type { Files } from "../storage/store.ts";
import { mediaOf, TELLING } from "./media.ts";

interface Upload {
  /** Its name in the storage. Ours: what people choose is never a name of a file. */
  readonly key: string;
  readonly user: string;
  readonly room: string;
  readonly name: string;
  readonly size: number;
  offset: number;
  whole: FileInfo | null;
  touched: number;
}

const PER_PERSON = 8;
const IDLE_MS = 10 * 60 * 1000;
const SWEEP_MS = 60 * 1000;

/** Files on their way in. Whoever loses the connection goes on where they were, on this process. */
export class Uploads {
  readonly #files: Files;
  /** Octets. */
  readonly #maxSize: number;
  readonly #uploads = new Map<string, Upload>();
  readonly #sweep = setInterval(() => this.sweep(), SWEEP_MS).unref();

  constructor(files: Files, maxSize: number) {
    this.#files = files;
    this.#maxSize = maxSize;
  }

  /** @throws ChatError when the file is too large, or too many are on their way */
  begin(user: User, { upload, room, name, size }: RequestOf<"upload">): Readonly<Upload> {
    const place = `${user.id}/${upload}`;
    const known = this.#uploads.get(place);
    if (known !== undefined && known.size === size && known.room === room) return known;
    if (size > this.#maxSize) {
      throw new ChatError("file_too_large", `A file may have ${this.#maxSize} octets.`);
    }
    let mine = 0;
    for (const other of this.#uploads.values()) if (other.user === user.id && other.whole === null) mine++;
    if (mine >= PER_PERSON) {
      throw new ChatError("too_many_uploads", `${PER_PERSON} files at a time are enough.`, 1000);
    }
    const key = randomBytes(16).toString("hex");
    const fresh = {
      key,
      user: user.id,
      room,
      name: baseName(name),
      size,
      offset: 0,
      whole: null,
      touched: Date.now(),
    };
    this.#uploads.set(place, fresh);
    return fresh;
  }

  /** Keeps one piece. A piece that does not follow the last one changes nothing: the answer says what does. */
  async write(user: User, id: string, offset: number, content: Uint8Array): Promise<Readonly<Upload>> {
    const place = `${user.id}/${id}`;
    const upload = this.#uploads.get(place);
    if (upload === undefined) throw new ChatError("not_found", "There is no such upload: begin it first.");
    if (upload.whole !== null || offset !== upload.offset) return upload;
    if (content.length > LIMITS.chunk || offset + content.length > upload.size) {
      throw new ChatError("too_large", "This is more than was announced.");
    }
    upload.touched = Date.now();
    await this.#files.write(upload.key, offset, content);
    const whole = offset + content.length === upload.size;
    if (whole || offset === 0) await this.#check(place, upload, whole ? null : content);
    if (whole) await this.#finish(upload);
    upload.offset = offset + content.length;
    return upload;
  }

  /** Forgets what nobody has gone on with. */
  sweep(now = Date.now()): void {
    for (const [place, upload] of this.#uploads) {
      if (now - upload.touched < IDLE_MS) continue;
      this.#uploads.delete(place);
      if (upload.whole === null) void this.#files.discard(upload.key).catch(() => {});
    }
  }

  close(): void {
    clearInterval(this.#sweep);
  }

  /** The first piece already tells what the file is, so that nobody sends the rest in vain. */
  async #check(place: string, upload: Upload, first: Uint8Array | null): Promise<void> {
    if (first !== null && first.length < TELLING) return;
    const start = first ?? (await this.#files.start(upload.key, TELLING));
    if (mediaOf(upload.name, start.subarray(0, TELLING)) !== null) return;
    this.#uploads.delete(place);
    await this.#files.discard(upload.key);
    throw new ChatError("file_type", "Such files are not taken, or the content is not what the name says.");
  }

  async #finish(upload: Upload): Promise<void> {
    const { key, user, room, name, size } = upload;
    const media = mediaOf(name, await this.#files.start(key, TELLING)) ?? "application/octet-stream";
    const info = { file: randomBytes(16).toString("hex"), name, size, media };
    await this.#files.finish(key, { ...info, room, user });
    upload.whole = info;
  }
}

/** The name alone, without a path and without what is not to be seen. */
function baseName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  return last.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").slice(-100) || "file";
}
