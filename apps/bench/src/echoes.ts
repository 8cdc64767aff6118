import { constants, createInflateRaw } from "node:zlib";

const TRAILER = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** Finds the frames in what a server sends: whole unmasked messages in one frame each, and nothing else. */
export class Echoes {
  /** The beginning of a header that was cut off. */
  #rest: Buffer = Buffer.alloc(0);
  /** The frame in hand: its first octet, how much of its payload is missing, and what is there of it. */
  #firstOctet = 0;
  #missing = -1;
  #pieces: Buffer[] = [];
  readonly #onEcho: ((firstOctet: number, payload: Buffer) => void) | null;

  /** @param onEcho is given each message, when it is worth the work */
  constructor(onEcho: ((firstOctet: number, payload: Buffer) => void) | null) {
    this.#onEcho = onEcho;
  }

  /** Returns how many messages ended in this chunk. */
  receive(chunk: Buffer): number {
    const octets = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let count = 0; ; count++) {
      if (this.#missing < 0) {
        const start = headerEnd(octets, at);
        this.#rest = start === 0 ? octets.subarray(at) : octets.subarray(0, 0);
        if (start === 0) return count;
        this.#firstOctet = octets[at]!;
        this.#missing = payloadLength(octets, at);
        at = start;
      }
      const end = Math.min(at + this.#missing, octets.length);
      if (this.#onEcho !== null) this.#pieces.push(octets.subarray(at, end));
      this.#missing -= end - at;
      at = end;
      if (this.#missing > 0) return count;
      this.#missing = -1;
      this.#onEcho?.(this.#firstOctet, Buffer.concat(this.#pieces.splice(0)));
    }
  }
}

function headerEnd(octets: Buffer, at: number): number {
  if (octets.length < at + 2) return 0;
  const form = octets[at + 1]!;
  const size = form < 126 ? 2 : form === 126 ? 4 : 10;
  return octets.length < at + size ? 0 : at + size;
}

function payloadLength(octets: Buffer, at: number): number {
  const form = octets[at + 1]!;
  if (form < 126) return form;
  return form === 126 ? octets.readUInt16BE(at + 2) : octets.readUIntBE(at + 4, 6);
}

/** Checks that what comes back is what was sent, in order, whatever the server keeps from message to message. */
export class EchoCheck {
  readonly #due: readonly Buffer[];
  readonly #inflate = createInflateRaw();
  readonly #failed: (error: Error) => void;
  #inflated: Buffer[] = [];
  #next = 0;
  /** How many of the messages came back compressed. */
  compressed = 0;

  constructor(due: readonly Buffer[], failed: (error: Error) => void) {
    this.#due = due;
    this.#failed = failed;
    this.#inflate.on("data", (chunk: Buffer) => this.#inflated.push(chunk)).on("error", failed);
  }

  receive(firstOctet: number, payload: Buffer): void {
    const due = this.#due[this.#next++ % this.#due.length]!;
    if ((firstOctet & 0x40) === 0) return this.#compare(due, payload);
    this.compressed++;
    this.#inflate.write(Buffer.concat([payload, TRAILER]));
    this.#inflate.flush(constants.Z_SYNC_FLUSH, () => {
      this.#compare(due, Buffer.concat(this.#inflated));
      this.#inflated = [];
    });
  }

  #compare(due: Buffer, echo: Buffer): void {
    if (!due.equals(echo)) this.#failed(new Error(`An echo of ${due.length} octets is not what was sent`));
  }
}
