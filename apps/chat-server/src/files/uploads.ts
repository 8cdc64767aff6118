import { randomBytes } from "node:crypto";
import { Line } from "../chat/line.ts";
import type { FileInfo, User } from "../protocol/answers.ts";
import { ChatError } from "../protocol/errors.ts";
import type { RequestOf } from "../protocol/requests.ts";
import { LIMITS } from "../protocol/version.ts";
import type { Files } from "../storage/store.ts";
import { mediaOf, TELLING } from "./media.ts";

interface Upload {
  /** Its name in the storage. Ours: what people choose is never a name of a file. */
  readonly key: string;
  readonly room: string;
  readonly name: string;
  readonly size: number;
  /** Pieces of one upload may come by two connections: one is written after the other. */
  readonly line: Line;
  offset: number;
  whole: FileInfo | null;
  /** When something happened to it, in milliseconds of `performance.now`. */
  touched: number;
}

/** Octets. */
export interface UploadLimits {
  /** Of one file. */
  readonly file: number;
  /** Of all files. */
  readonly files: number;
}

const PER_PERSON = 8;
const IDLE_MS = 10 * 60 * 1000;
const SWEEP_MS = 60 * 1000;

/** Files on their way in. Whoever loses the connection goes on where they were, on this process. */
export class Uploads {
  readonly #files: Files;
  readonly #limits: UploadLimits;
  /** By person, and by what that person calls it. */
  readonly #uploads = new Map<string, Map<string, Upload>>();
  /** Octets of files that are not whole. */
  #unfinished = 0;
  readonly #sweep = setInterval(() => this.sweep(), SWEEP_MS).unref();

  constructor(files: Files, limits: UploadLimits) {
    this.#files = files;
    this.#limits = limits;
  }

  /** @throws ChatError when the file is too large, or too many are on their way or kept */
  async begin(user: User, request: RequestOf<"upload">): Promise<Readonly<Upload>> {
    const { upload, room, name, size } = request;
    const begun = this.#begun(user, request);
    if (begun !== null) return begun;
    if (size > this.#limits.file) {
      throw new ChatError("file_too_large", `A file may have ${this.#limits.file} octets.`);
    }
    await this.#checkRoomFor(size);
    // Another page of this person may have begun it meanwhile.
    const meanwhile = this.#begun(user, request);
    if (meanwhile !== null) return meanwhile;
    const mine = this.#uploads.get(user.id) ?? new Map<string, Upload>();
    const other = mine.get(upload);
    if (other !== undefined) this.#drop(user.id, upload, other);
    const unfinished = [...mine.values()].filter(({ whole }) => whole === null);
    if (unfinished.length >= PER_PERSON) {
      throw new ChatError("too_many_uploads", `${PER_PERSON} files at a time are enough.`, 1000);
    }
    this.#forgetWhole(mine);
    const fresh = {
      key: randomBytes(16).toString("hex"),
      room,
      name: baseName(name),
      size,
      line: new Line(),
      offset: 0,
      whole: null,
      touched: performance.now(),
    };
    this.#uploads.set(user.id, mine.set(upload, fresh));
    return fresh;
  }

  #begun(user: User, { upload, room, size }: RequestOf<"upload">): Upload | null {
    const known = this.#uploads.get(user.id)?.get(upload);
    return known !== undefined && known.size === size && known.room === room ? known : null;
  }

  /** Keeps one piece. A piece that does not follow the last one changes nothing: the answer says what does. */
  async write(user: User, id: string, offset: number, content: Uint8Array): Promise<Readonly<Upload>> {
    const upload = this.#uploads.get(user.id)?.get(id);
    if (upload === undefined) throw new ChatError("not_found", "There is no such upload: begin it first.");
    await upload.line.run(() => this.#write(user, id, upload, offset, content));
    return upload;
  }

  /** Forgets what nobody has gone on with. */
  sweep(now = performance.now()): void {
    for (const [user, mine] of this.#uploads) {
      for (const [id, upload] of mine) if (now - upload.touched >= IDLE_MS) this.#drop(user, id, upload);
    }
  }

  close(): void {
    clearInterval(this.#sweep);
  }

  async #write(user: User, id: string, upload: Upload, offset: number, content: Uint8Array): Promise<void> {
    if (!this.#knows(user, id, upload))
      throw new ChatError("not_found", "There is no such upload any more: begin it again.");
    if (upload.whole !== null || offset !== upload.offset) return;
    const end = offset + content.length;
    if (content.length > LIMITS.chunk || end > upload.size) {
      throw new ChatError("too_large", "This is more than was announced.");
    }
    upload.touched = performance.now();
    await this.#checkRoomFor(content.length);
    await this.#files.write(upload.key, offset, content);
    const whole = end === upload.size;
    if (whole || offset === 0) await this.#check(user, id, upload, whole ? null : content);
    const info = whole ? await this.#finish(user, upload) : null;
    // What was dropped meanwhile counts no more.
    if (this.#knows(user, id, upload)) this.#unfinished += whole ? -offset : content.length;
    upload.whole = info;
    upload.offset = end;
  }

  #knows(user: User, id: string, upload: Upload): boolean {
    return this.#uploads.get(user.id)?.get(id) === upload;
  }

  async #checkRoomFor(octets: number): Promise<void> {
    const taken = (await this.#files.size()) + this.#unfinished;
    if (taken + octets > this.#limits.files) {
      throw new ChatError("storage_full", "This server keeps no more files.");
    }
  }

  #drop(user: string, id: string, upload: Upload): void {
    this.#forget(user, id, upload);
    // Not before what is being written is.
    void upload.line.run(() => this.#files.discard(upload.key)).catch(() => {});
  }

  #forget(user: string, id: string, upload: Upload): void {
    const mine = this.#uploads.get(user);
    if (mine?.delete(id) === true && mine.size === 0) this.#uploads.delete(user);
    if (upload.whole === null) this.#unfinished -= upload.offset;
  }

  /** Of whole files the newest are known, for those who have not heard that they are whole. */
  #forgetWhole(mine: Map<string, Upload>): void {
    const whole = [...mine].filter(([, upload]) => upload.whole !== null);
    for (const [id] of whole.slice(0, -PER_PERSON)) mine.delete(id);
  }

  /** The first piece already tells what the file is, so that nobody sends the rest in vain. */
  async #check(user: User, id: string, upload: Upload, first: Uint8Array | null): Promise<void> {
    if (first !== null && first.length < TELLING) return;
    const start = first ?? (await this.#files.start(upload.key, TELLING));
    if (mediaOf(upload.name, start.subarray(0, TELLING)) !== null) return;
    this.#forget(user.id, id, upload);
    await this.#files.discard(upload.key);
    throw new ChatError("file_type", "Such files are not taken, or the content is not what the name says.");
  }

  async #finish(user: User, upload: Upload): Promise<FileInfo> {
    const { key, room, name, size } = upload;
    const media = mediaOf(name, await this.#files.start(key, TELLING)) ?? "application/octet-stream";
    const info = { file: randomBytes(16).toString("hex"), name, size, media };
    await this.#files.finish(key, { ...info, room, user: user.id });
    return info;
  }
}

/** The name alone, without a path and without what is not to be seen. */
function baseName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const seen = last.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "");
  // Its end says what it is. No character is cut in two.
  return Array.from(seen).slice(-100).join("") || "file";
}
