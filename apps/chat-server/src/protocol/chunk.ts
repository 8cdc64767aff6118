/**
 * A binary message carries one piece of a file, in either direction:
 *
 * ```
 *  0        kind: 1, piece of a file
 *  1 - 16   id: of the upload as its sender chose it; of the file when it is fetched
 * 17 - 22   offset of the first octet, big-endian
 * 23 -      content, 1 to 65,536 octets
 * ```
 */
export interface Chunk {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly offset: number;
  /** A view of what was decoded. */
  readonly content: Uint8Array;
}

export const CHUNK_HEADER = 23;
const KIND = 1;
const OFFSET_AT = 17;
const TWO_TO_32 = 2 ** 32;

/** @param id 32 hexadecimal digits */
export function encodeChunk({ id, offset, content }: Chunk): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(CHUNK_HEADER + content.length);
  const view = new DataView(message.buffer);
  message[0] = KIND;
  for (let index = 0; index < 16; index++) {
    message[1 + index] = Number.parseInt(id.slice(index * 2, index * 2 + 2), 16);
  }
  view.setUint16(OFFSET_AT, Math.floor(offset / TWO_TO_32));
  view.setUint32(OFFSET_AT + 2, offset % TWO_TO_32);
  message.set(content, CHUNK_HEADER);
  return message;
}

/** Null when the message is none, or has no content. */
export function decodeChunk(message: Uint8Array): Chunk | null {
  if (message.length <= CHUNK_HEADER || message[0] !== KIND) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let id = "";
  for (const octet of message.subarray(1, OFFSET_AT)) id += octet.toString(16).padStart(2, "0");
  const offset = view.getUint16(OFFSET_AT) * TWO_TO_32 + view.getUint32(OFFSET_AT + 2);
  return { id, offset, content: message.subarray(CHUNK_HEADER) };
}
