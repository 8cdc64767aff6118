/** The largest header of an unmasked frame. */
const MAX_HEADER = 10;

/** What is done with the frames of data that a scan comes upon. */
export interface FrameSink {
  begin(firstOctet: number): void;
  /** A piece of the payload, valid during the call only. */
  payload(piece: Buffer): void;
  end(firstOctet: number): void;
}

/** Counts the messages in what a server sends, however it is cut, and looks at nothing but headers. */
export class FrameScan {
  readonly #sink: FrameSink | null;
  readonly #header = Buffer.alloc(MAX_HEADER);
  #headerLength = 0;
  #inPayload = false;
  #missing = 0;
  #firstOctet = 0;
  /** Whether the server has sent a Close frame. */
  closed = false;

  constructor(sink: FrameSink | null = null) {
    this.#sink = sink;
  }

  /** Returns how many messages ended in these octets. */
  receive(octets: Buffer): number {
    const end = octets.length;
    let messages = 0;
    let at = 0;
    while (at < end) {
      if (!this.#inPayload) {
        if (this.#sink === null && this.#headerLength === 0) {
          // Small messages of one frame that are here whole: most of what there is, at a few nanoseconds each.
          while (at + 2 <= end && isSmallMessage(octets[at]!, octets[at + 1]!)) {
            const next = at + 2 + octets[at + 1]!;
            if (next > end) break;
            at = next;
            messages++;
          }
          if (at === end) return messages;
        }
        at = this.#readHeader(octets, at);
        if (!this.#inPayload) return messages;
      }
      const stop = Math.min(at + this.#missing, end);
      if (this.#sink !== null && isData(this.#firstOctet)) this.#sink.payload(octets.subarray(at, stop));
      this.#missing -= stop - at;
      at = stop;
      if (this.#missing > 0) return messages;
      this.#inPayload = false;
      if (isData(this.#firstOctet)) {
        if (this.#firstOctet >= 0x80) messages++;
        this.#sink?.end(this.#firstOctet);
      } else if ((this.#firstOctet & 0x0f) === 0x08) this.closed = true;
    }
    return messages;
  }

  /** Returns where the payload begins, or the end of the octets when the header goes on after them. */
  #readHeader(octets: Buffer, start: number): number {
    if (this.#headerLength === 0 && octets.length - start >= MAX_HEADER) {
      this.#begin(octets, start);
      return start + headerSize(octets[start + 1]!);
    }
    let at = start;
    while (at < octets.length) {
      this.#header[this.#headerLength++] = octets[at++]!;
      if (this.#headerLength < 2 || this.#headerLength < headerSize(this.#header[1]!)) continue;
      this.#headerLength = 0;
      this.#begin(this.#header, 0);
      break;
    }
    return at;
  }

  #begin(octets: Buffer, at: number): void {
    const form = octets[at + 1]!;
    if (form >= 128) throw new Error("The server sent a masked frame, or what it sent is not made of frames");
    this.#firstOctet = octets[at]!;
    this.#missing =
      form < 126 ? form : form === 126 ? octets.readUInt16BE(at + 2) : octets.readUIntBE(at + 4, 6);
    this.#inPayload = true;
    if (this.#sink !== null && isData(this.#firstOctet)) this.#sink.begin(this.#firstOctet);
  }
}

function isSmallMessage(firstOctet: number, form: number): boolean {
  return (firstOctet === 0x81 || firstOctet === 0x82) && form < 126;
}

function headerSize(secondOctet: number): number {
  const form = secondOctet & 0x7f;
  return form < 126 ? 2 : form === 126 ? 4 : 10;
}

function isData(firstOctet: number): boolean {
  return (firstOctet & 0x08) === 0;
}
