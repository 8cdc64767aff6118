import { createHeader, decodeHeader, type FrameHeader, NEED_MORE, Opcode, ProtocolError } from "@plyws/frame";
import type { Chunks } from "./chunks.ts";
import { CutHeader } from "./cut-header.ts";
import type { Role } from "./state.ts";

/** Reads the headers of frames, cut anywhere, and judges them by the rules that need nothing but the role. */
export class HeaderReader {
  /** The latest header; undefined while one is incomplete. */
  readonly header: FrameHeader = createHeader();
  readonly #masked: boolean;
  readonly #rsv: number;
  #cut: CutHeader | null = null;

  /** @param rsv the reserved bits that an extension gives a meaning */
  constructor(role: Role, rsv: number) {
    this.#masked = role === "server";
    this.#rsv = rsv;
  }

  /**
   * Takes the header that begins, or goes on, where the chunks stand. Returns whether it is complete.
   *
   * @throws ProtocolError when it breaks a rule
   */
  read(chunks: Chunks): boolean {
    const { header } = this;
    const size =
      this.#cut === null
        ? decodeHeader(chunks.current, chunks.at, header)
        : this.#cut.complete(chunks.current, chunks.at, header);
    if (size === NEED_MORE) {
      this.#cut ??= new CutHeader();
      this.#cut.keep(chunks.current, chunks.at);
      chunks.at = chunks.current.length;
      return false;
    }
    this.#cut = null;
    chunks.at += size;
    this.#admit(header);
    return true;
  }

  /** Forgets a header that is not complete. */
  reset(): void {
    this.#cut = null;
  }

  #admit(header: FrameHeader): void {
    // RFC 6455 section 5.1: a server fails on a frame that is not masked, a client on one that is.
    if (header.masked !== this.#masked) {
      throw new ProtocolError(header.masked ? "mask-unexpected" : "mask-missing");
    }
    // RFC 6455 section 5.2: RSV1 to RSV3 "MUST be 0 unless an extension is negotiated"; RFC 7692 section 6: only on the
    // first frame of a message.
    if (header.rsv !== 0) {
      const first = header.opcode === Opcode.Text || header.opcode === Opcode.Binary;
      if (!first || header.rsv !== this.#rsv) throw new ProtocolError("reserved-bits");
    }
  }
}
