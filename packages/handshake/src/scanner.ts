import { isTextCharacter, isToken, trimSpace } from "./characters.ts";
import type { HandshakeErrorCode } from "./errors.ts";
import { HeaderFields } from "./fields.ts";
import { decodeLatin1 } from "./latin1.ts";

/** How much of a head is read before it is refused. */
export interface HeadLimits {
  /** Octets from the first one to the end of the empty line, at least 1. Default 16384. */
  readonly maxHeadSize?: number | undefined;
  /** Header lines, at least 1. Default 100. */
  readonly maxHeaderCount?: number | undefined;
}

const DEFAULT_MAX_HEAD_SIZE = 16_384;
const DEFAULT_MAX_HEADER_COUNT = 100;

const CR = 0x0d;
const LF = 0x0a;

/** A start line and header fields, not yet interpreted. */
export interface ScannedHead {
  startLine: string;
  headers: HeaderFields;
  /** A view on what follows in the chunk that completed the head. */
  rest: Uint8Array;
}

/**
 * The lines of HTTP/1.1 heads. Each octet is looked at once and put into the current line, so that an endless head
 * costs no more per octet than a short one. No chunk is retained.
 */
export class HeadScanner {
  readonly #maxHeadSize: number;
  readonly #maxHeaderCount: number;
  /** The octets of the current line, without its end. */
  #line = new Uint8Array(128);
  #lineLength = 0;
  #afterCr = false;
  #startLine = "";
  #headers: [string, string][] = [];
  /** Octets and header lines so far, over all heads: interim responses share one budget with the final one. */
  #size = 0;
  #headerCount = 0;

  constructor({
    maxHeadSize = DEFAULT_MAX_HEAD_SIZE,
    maxHeaderCount = DEFAULT_MAX_HEADER_COUNT,
  }: HeadLimits = {}) {
    checkLimit("maxHeadSize", maxHeadSize);
    checkLimit("maxHeaderCount", maxHeaderCount);
    this.#maxHeadSize = maxHeadSize;
    this.#maxHeaderCount = maxHeaderCount;
  }

  /** A head, what is wrong with it, or null when more octets are needed. After a head the next one may be read. */
  receive(chunk: Uint8Array): ScannedHead | HandshakeErrorCode | null {
    for (let at = 0; at < chunk.length; at += 1) {
      const octet = chunk[at]!;
      this.#size += 1;
      if (this.#size > this.#maxHeadSize) return "head-too-large";
      if (octet === LF) {
        // RFC 9112 section 2.2 permits a lone LF to end a line, but proxies disagree about it: request smuggling.
        if (!this.#afterCr) return "malformed-head";
        this.#afterCr = false;
        const line = this.#takeLine();
        if (line === "" && this.#startLine !== "") return this.#takeHead(chunk.subarray(at + 1));
        const fault = this.#receiveLine(line);
        if (fault !== null) return fault;
      } else if (this.#afterCr) {
        return "malformed-head"; // RFC 9112 section 2.2: a bare CR.
      } else if (octet === CR) {
        this.#afterCr = true;
      } else if (isTextCharacter(octet)) {
        this.#append(octet);
      } else {
        return "malformed-head"; // RFC 9110 section 5.5: NUL and the other controls.
      }
    }
    return null;
  }

  #append(octet: number): void {
    if (this.#lineLength === this.#line.length) {
      const larger = new Uint8Array(this.#line.length * 2);
      larger.set(this.#line);
      this.#line = larger;
    }
    this.#line[this.#lineLength] = octet;
    this.#lineLength += 1;
  }

  #takeLine(): string {
    const line = decodeLatin1(this.#line.subarray(0, this.#lineLength));
    this.#lineLength = 0;
    return line;
  }

  #receiveLine(line: string): HandshakeErrorCode | null {
    if (this.#startLine === "") {
      // RFC 9112 section 2.2: empty lines before the start line are ignored, here as many as the limit has room for.
      this.#startLine = line;
      return null;
    }
    this.#headerCount += 1;
    if (this.#headerCount > this.#maxHeaderCount) return "too-many-headers";
    // RFC 9112 sections 5.1 and 5.2: white space before the colon or at the start of the line (a folded line) is
    // refused. Neither is a token.
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (!isToken(name)) return "malformed-head";
    this.#headers.push([name, trimSpace(line.slice(colon + 1))]);
    return null;
  }

  #takeHead(rest: Uint8Array): ScannedHead {
    const head = { startLine: this.#startLine, headers: HeaderFields.from(this.#headers), rest };
    this.#startLine = "";
    this.#headers = [];
    return head;
  }
}

function checkLimit(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} must be a positive integer`);
}
