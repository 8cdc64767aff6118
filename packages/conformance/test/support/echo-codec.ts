import type { Codec, CodecWire } from "../../src/pure/index.ts";
import type { Compression } from "../../src/wire/compression.ts";
import type { CodecFault } from "./faults.ts";
import { Utf8Check } from "./utf8.ts";

const NONE = new Uint8Array();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const swallowing = new TextDecoder();

interface Header {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly length: number;
  readonly size: number;
  readonly key: readonly number[];
}

/** Ends the reading of what has arrived. */
class Failure {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/**
 * An echo server on an open connection, right in every strict sense unless it is given faults. It is written for
 * being broken: each fault is one condition at the place where somebody would have made that mistake.
 */
export class EchoCodec implements Codec {
  readonly #wire: CodecWire;
  readonly #compression: Compression | null;
  readonly #faults: ReadonlySet<string>;
  #buffer = NONE;
  #header: Header | null = null;
  /** How many octets of the payload at the beginning of the buffer have been unmasked and checked. */
  #seen = 0;
  #message: { opcode: number; compressed: boolean; parts: Uint8Array[]; utf8: Utf8Check } | null = null;
  #delayed: Uint8Array[] = [];
  #closing = false;
  #done = false;

  constructor(wire: CodecWire, faults: readonly CodecFault[] = [], compression: Compression | null = null) {
    this.#wire = wire;
    this.#faults = new Set<string>(faults);
    this.#compression = compression;
    if (this.#has("greets")) this.#send(1, new TextEncoder().encode("welcome"));
  }

  receive(octets: Uint8Array): void {
    if (this.#done) return;
    if (this.#has("loses-split-headers") && this.#header === null && octets.length === 1) return;
    this.#buffer = Buffer.concat([this.#buffer, octets]);
    try {
      while (!this.#done && this.#step());
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.#fail(failure.code);
    }
  }

  receiveEnd(): void {
    if (!this.#done && !this.#has("ignores-the-end")) this.#finish();
  }

  #has(fault: CodecFault): boolean {
    return this.#faults.has(fault);
  }

  /** False when more octets are needed. */
  #step(): boolean {
    this.#header ??= this.#readHeader();
    const header = this.#header;
    if (header === null) return false;
    const available = Math.min(header.length, this.#buffer.length);
    this.#look(header, available);
    if (available < header.length) return false;
    const payload = this.#buffer.subarray(0, header.length);
    this.#buffer = this.#buffer.subarray(header.length);
    this.#header = null;
    this.#seen = 0;
    this.#take(header, Uint8Array.from(payload));
    return true;
  }

  /** Unmasks and checks what has come of a payload. */
  #look(header: Header, available: number): void {
    const part = this.#buffer.subarray(this.#seen, available);
    if (header.masked && !this.#has("does-not-unmask")) {
      const from = this.#has("restarts-the-key") ? 0 : this.#seen;
      for (let i = 0; i < part.length; i++) part[i] = (part[i] ?? 0) ^ (header.key[(from + i) & 3] ?? 0);
    }
    this.#seen = available;
    const late = this.#has("checks-text-per-frame") && available < header.length;
    if (this.#message === null || header.opcode > 2 || this.#message.compressed) return;
    if (this.#checksText(this.#message.opcode) && !this.#has("checks-text-per-message") && !late) {
      const whole = this.#has("checks-text-per-frame") ? this.#buffer.subarray(0, available) : part;
      if (this.#has("checks-fragments-alone")) return;
      if (!this.#message.utf8.write(whole))
        throw new Failure(this.#has("fails-text-with-1002") ? 1002 : 1007);
    }
  }

  #checksText(opcode: number): boolean {
    return opcode === 1 && !this.#has("never-checks-text");
  }

  #readHeader(): Header | null {
    const buffer = this.#buffer;
    const [first = 0, second = 0] = buffer;
    if (buffer.length < 2) return null;
    const short = second & 0x7f;
    const masked = second >= 0x80;
    const size = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (masked ? 4 : 0);
    if (buffer.length < size) return null;
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    const long =
      short === 126 ? BigInt(view.getUint16(2)) : short === 127 ? view.getBigUint64(2) : BigInt(short);
    const header: Header = {
      fin: first >= 0x80,
      rsv: (first >> 4) & 7,
      opcode: first & 15,
      masked,
      length: this.#lengthOf(short, long),
      size,
      key: masked ? [...buffer.subarray(size - 4, size)] : [],
    };
    this.#check(header);
    this.#buffer = buffer.subarray(size);
    if (header.opcode === 1 || header.opcode === 2) {
      this.#message = {
        opcode: header.opcode,
        compressed: header.rsv === 4 && this.#compression !== null,
        parts: [],
        utf8: new Utf8Check(this.#faults),
      };
    }
    return header;
  }

  #lengthOf(short: number, long: bigint): number {
    if (long >= 2n ** 63n && !this.#has("reads-32-bits-of-lengths")) throw new Failure(1002);
    const overlong = (short === 126 && long < 126n) || (short === 127 && long < 65_536n);
    if (overlong && !this.#has("takes-overlong-lengths")) throw new Failure(1002);
    if (this.#has("reads-32-bits-of-lengths")) return Number(long & 0xffff_ffffn);
    if (long > 33_554_432n) throw new Failure(1009);
    return Number(long);
  }

  #check({ fin, rsv, opcode, masked, length }: Header): void {
    if (!masked && !this.#has("takes-unmasked-frames")) throw new Failure(1002);
    const known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    if (!known && !this.#has("ignores-reserved-opcodes")) throw new Failure(1002);
    const control = opcode >= 8;
    const starts = opcode === 1 || opcode === 2;
    const legal = rsv === 0 || (rsv === 4 && this.#compression !== null && starts);
    const tolerated =
      this.#has("ignores-reserved-bits") ||
      (control && rsv === 4 && this.#has("takes-rsv1-on-control-frames"));
    if (!legal && !tolerated) throw new Failure(1002);
    if (control && !fin && !this.#has("takes-fragmented-control-frames")) throw new Failure(1002);
    if (control && length > 125 && !this.#has("takes-long-control-frames")) throw new Failure(1002);
    if (starts && this.#message !== null && !this.#has("takes-messages-in-messages")) throw new Failure(1002);
    if (opcode === 0 && this.#message === null && !this.#has("takes-lone-continuations"))
      throw new Failure(1002);
  }

  #take({ fin, opcode }: Header, payload: Uint8Array): void {
    if (this.#closing && !this.#has("echoes-after-close")) return;
    switch (opcode) {
      case 0:
      case 1:
      case 2:
        return this.#takeFragment(fin, payload);
      case 8:
        return this.#takeClose(payload);
      case 9:
        return this.#takePing(payload);
      case 10:
        if (this.#has("answers-pongs")) this.#send(10, payload);
        return undefined;
      default:
        return undefined;
    }
  }

  #takeFragment(fin: boolean, payload: Uint8Array): void {
    this.#message ??= { opcode: 1, compressed: false, parts: [], utf8: new Utf8Check() };
    const message = this.#message;
    if (this.#has("checks-fragments-alone") && message.opcode === 1) {
      const check = new Utf8Check();
      if (!check.write(payload) || !check.complete) throw new Failure(1007);
    }
    if (this.#has("forgets-the-first-fragment") && message.parts.length === 0 && !fin)
      message.parts.push(NONE);
    else message.parts.push(payload);
    if (this.#has("echoes-fragments")) {
      this.#send(message.opcode, payload);
      if (fin) this.#message = null;
      return;
    }
    if (!fin) return;
    this.#message = null;
    if (this.#has("turns-fragments-round")) message.parts.reverse();
    const whole = this.#inflated(message.compressed, Buffer.concat(message.parts));
    this.#checkText(message.opcode, whole, message);
    this.#echo(message.opcode, whole);
    for (const delayed of this.#delayed.splice(0)) this.#send(10, delayed);
  }

  #inflated(compressed: boolean, payload: Uint8Array): Uint8Array {
    if (!compressed || this.#compression === null) return payload;
    try {
      return this.#compression.decompress(payload);
    } catch {
      if (this.#has("ignores-corrupt-data")) return NONE;
      throw new Failure(1007);
    }
  }

  #checkText(
    opcode: number,
    whole: Uint8Array,
    { compressed, utf8 }: { compressed: boolean; utf8: Utf8Check },
  ): void {
    if (!this.#checksText(opcode) || (compressed && this.#has("checks-only-plain-text"))) return;
    const atEnd = compressed || this.#has("checks-text-per-message");
    if (atEnd && !utf8.write(whole)) throw new Failure(1007);
    if (this.#has("checks-fragments-alone") && !compressed) return;
    if (!utf8.complete && !this.#has("takes-cut-characters")) throw new Failure(1007);
  }

  #echo(opcode: number, payload: Uint8Array): void {
    let octets = payload;
    if (this.#has("swallows-byte-order-marks") && opcode === 1) {
      octets = new TextEncoder().encode(swallowing.decode(payload));
    }
    if (this.#has("cuts-at-64-kib")) octets = octets.subarray(0, 65_535);
    if (this.#has("drops-empty-messages") && octets.length === 0) return;
    if (this.#has("stops-text-at-nul") && opcode === 1 && octets.includes(0)) {
      octets = octets.subarray(0, octets.indexOf(0));
    }
    if (this.#has("turns-octets-above-7f") && opcode === 2) octets = octets.map((octet) => octet & 0x7f);
    const kind = this.#has("echoes-all-as-text") ? 1 : this.#has("echoes-all-as-binary") ? 2 : opcode;
    for (let time = 0; time < (this.#has("echoes-twice") ? 2 : 1); time++) {
      if (this.#compression !== null) this.#send(kind, this.#compression.compress(octets), 4);
      else this.#send(kind, octets);
    }
  }

  #takePing(payload: Uint8Array): void {
    if (this.#has("never-answers-pings")) return;
    if (this.#has("answers-pings-late") && this.#message !== null) return void this.#delayed.push(payload);
    if (this.#has("answers-pings-with-text")) return this.#send(1, payload);
    this.#send(10, this.#has("answers-pings-emptily") ? NONE : payload);
  }

  #takeClose(payload: Uint8Array): void {
    const code = payload.length < 2 ? null : ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    if (payload.length === 1 && !this.#has("takes-closes-of-one-octet")) throw new Failure(1002);
    if (code !== null && !this.#knows(code)) throw new Failure(1002);
    if (!this.#has("never-checks-reasons")) {
      try {
        decoder.decode(payload.subarray(2));
      } catch {
        throw new Failure(1007);
      }
    }
    this.#closing = true;
    if (this.#has("never-answers-close")) return;
    if (this.#has("answers-close-by-the-end")) return this.#finish();
    const answer = this.#has("answers-close-with-1011") ? Uint8Array.of(3, 243) : payload.subarray(0, 2);
    this.#send(8, payload.length === 1 ? Uint8Array.of(3, 232) : answer);
    if (this.#has("sends-after-close")) this.#send(1, payload);
    if (!this.#has("echoes-after-close") && !this.#has("never-ends-tcp")) this.#finish();
  }

  #knows(code: number): boolean {
    if (this.#has("takes-any-close-code")) return true;
    const registered = code >= 1012 && code <= 1014 && !this.#has("knows-only-the-rfc");
    const defined = code >= 1000 && code <= 1011 && ![1004, 1005, 1006].includes(code);
    return registered || defined || (code >= 3000 && code <= 4999);
  }

  #fail(code: number): void {
    const given = this.#has("fails-with-1000") ? 1000 : code;
    this.#send(8, Uint8Array.of(given >> 8, given & 0xff));
    this.#closing = true;
    if (this.#has("never-ends-tcp")) this.#done = true;
    else this.#finish();
  }

  #finish(): void {
    this.#done = true;
    this.#wire.end();
  }

  #send(opcode: number, payload: Uint8Array, rsv = 0): void {
    const { length } = payload;
    const overlong = this.#has("writes-overlong-lengths");
    const short = this.#has("writes-126-in-7-bits") ? length === 126 : false;
    const lengthOctets = overlong ? 8 : length < 126 || short ? 0 : length < 65_536 ? 2 : 8;
    const masked = this.#has("masks-its-frames");
    const header = Buffer.alloc(2 + lengthOctets + (masked ? 4 : 0));
    header[0] = 0x80 | (rsv << 4) | opcode;
    header[1] = (masked ? 0x80 : 0) | (lengthOctets === 0 ? length : lengthOctets === 2 ? 126 : 127);
    if (lengthOctets === 2) header.writeUInt16BE(length, 2);
    if (lengthOctets === 8) header.writeBigUInt64BE(BigInt(length), 2);
    if (this.#has("sets-rsv2")) header[0] |= 0x20;
    this.#wire.write(Buffer.concat([header, payload]));
  }
}
