import { types } from "node:util";

const EMPTY = new Uint8Array(0);

/**
 * What `send` and the writable of a stream take, as a message: buffers and views as octets, everything else as the
 * string that it converts to. The octets are not copied.
 *
 * @throws TypeError for a view of memory that is shared or can be resized (Web IDL section 3.2.26), and for what does
 * not convert to a string
 */
export function toMessage(data: unknown): string | Uint8Array {
  if (ArrayBuffer.isView(data)) return octetsOf(data.buffer, data.byteOffset, data.byteLength);
  if (types.isArrayBuffer(data)) return octetsOf(data, 0, data.byteLength);
  return toString(data);
}

function octetsOf(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array {
  if (types.isSharedArrayBuffer(buffer) || ("resizable" in buffer && buffer.resizable === true)) {
    throw new TypeError("The memory of a message must not be shared or resizable");
  }
  // A detached buffer is an empty message (Web IDL section 3.2.26); no view of it can be made.
  return length === 0 ? EMPTY : new Uint8Array(buffer, offset, length);
}

/**
 * Web IDL section 3.2.10: DOMString.
 *
 * @throws TypeError for a symbol; what `toString` of the value throws
 */
export function toString(value: unknown): string {
  if (typeof value === "symbol") throw new TypeError("A symbol cannot be converted to a string");
  return String(value);
}

/**
 * Web IDL section 3.2.21: sequence<DOMString>.
 *
 * @throws TypeError for what is not an object that can be iterated over
 */
export function toStrings(value: unknown): string[] {
  if (isIterable(value)) return Array.from(value, toString);
  throw new TypeError("A sequence of strings is an object that can be iterated over");
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return isObject(value) && typeof value[Symbol.iterator] === "function";
}

/** Web IDL section 3.2.12: USVString, with U+FFFD for lone surrogates. */
export function toUsvString(value: unknown): string {
  return Buffer.from(toString(value)).toString();
}

/** Web IDL section 3.2.4.9: unsigned short with [Clamp]: to the nearest integer in range, an even one if between two. */
export function toClampedShort(value: unknown): number {
  const number = Math.min(Math.max(toNumber(value), 0), 0xffff);
  const floor = Math.floor(number);
  const rest = number - floor;
  if (Number.isNaN(number)) return 0;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/**
 * Web IDL section 3.2.4.9: unsigned short with [EnforceRange].
 *
 * @throws TypeError outside 0 to 65535
 */
export function toEnforcedShort(value: unknown): number {
  const number = Math.trunc(toNumber(value));
  if (number >= 0 && number <= 0xffff) return number === 0 ? 0 : number;
  throw new TypeError(`${number} is not between 0 and 65535`);
}

/**
 * Web IDL section 3.2.17: a dictionary is an object; nothing is an empty one.
 *
 * @throws TypeError for any other value
 */
export function toDictionary(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw new TypeError(`Options are an object, not ${typeof value}`);
}

export function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** @throws TypeError when a required argument is missing: `undefined` is none only when it was not given */
export function checkCount(given: number, required: number): void {
  if (given < required) throw new TypeError(`${required} argument required, but only ${given} present`);
}

/** ECMAScript's ToNumber, which refuses a BigInt, unlike `Number`. */
function toNumber(value: unknown): number {
  if (typeof value === "bigint") throw new TypeError("A BigInt cannot be converted to a number");
  return Number(value);
}
