import type { HeaderFields } from "@plyws/handshake";

/** How much of the body of a refusal is told, in octets, and how much is read for that. */
const MAX_BODY_SIZE = 4096;
const MAX_READ_SIZE = 8192;

/** The body of a response as far as it is known. */
interface Body {
  readonly octets: Uint8Array;
  /** Whether it is not worth reading on. */
  readonly done: boolean;
}

const NOTHING: Body = { octets: new Uint8Array(0), done: true };

/** Collects the beginning of the body of a response for people to read: RFC 9112 section 6.3. */
export class ResponseBody {
  readonly #headers: HeaderFields;
  #received = Buffer.alloc(0);
  #body = NOTHING;

  constructor(headers: HeaderFields) {
    this.#headers = headers;
  }

  /** Takes what comes behind the head. Answers whether that is enough. */
  receive(chunk: Uint8Array): boolean {
    this.#received = Buffer.concat([this.#received, chunk]).subarray(0, MAX_READ_SIZE);
    this.#body = bodyOf(this.#headers, this.#received);
    return this.#body.done || this.#received.length === MAX_READ_SIZE;
  }

  /** As UTF-8. */
  get text(): string {
    // As a stream: a character that is cut in two is left out.
    return new TextDecoder().decode(this.#body.octets.subarray(0, MAX_BODY_SIZE), { stream: true });
  }
}

/** A body that ends with the stream is not waited for: many who answer so forget to end it. */
function bodyOf(headers: HeaderFields, received: Buffer): Body {
  const coding = headers.get("transfer-encoding");
  if (coding !== null) return coding.toLowerCase() === "chunked" ? decodeChunked(received) : NOTHING;
  const length = headers.get("content-length") ?? "";
  if (!/^\d{1,15}$/.test(length)) return NOTHING;
  const size = Math.min(Number(length), MAX_BODY_SIZE);
  return { octets: received.subarray(0, size), done: received.length >= size };
}

/** RFC 9112 section 7.1. What is malformed ends the body. */
function decodeChunked(received: Buffer): Body {
  const pieces: Uint8Array[] = [];
  let at = 0;
  let done = false;
  while (!done && at < received.length) {
    const lineEnd = received.indexOf("\r\n", at);
    if (lineEnd < 0) break;
    const [digits = ""] = received.toString("latin1", at, lineEnd).split(";");
    const size = /^[\da-f]{1,8}[ \t]*$/i.test(digits) ? Number.parseInt(digits, 16) : 0;
    done = size === 0;
    pieces.push(received.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return { octets: Buffer.concat(pieces), done };
}
