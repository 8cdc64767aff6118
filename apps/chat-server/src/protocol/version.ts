/** The subprotocol of the opening handshake (RFC 6455 section 1.9). A change that old clients do not bear is a new one. */
export const SUBPROTOCOL = "plyws.chat.1";

/** What the protocol allows at most; a server may allow less of what `Welcome.limits` tells. */
export const LIMITS = {
  /** Octets of a JSON message. */
  control: 32_768,
  /** UTF-16 code units of a text. */
  text: 4000,
  /** UTF-16 code units of a name of a person, and of a room. */
  name: 32,
  room: 40,
  /** Octets of a file in one binary message. */
  chunk: 65_536,
  /** Messages in one answer. */
  page: 100,
  /** Rooms that one connection is in. */
  rooms: 64,
  /** Rooms of two that one person has. */
  directs: 500,
  /** Names that one person has, of which one is in use. */
  names: 10,
} as const;

/** Codes of Close frames, from the range for applications (RFC 6455 section 7.4.2). */
export const CLOSE = {
  /** The identity is not valid, or not valid any more: do not come back with it. */
  unauthorized: 3000,
  /** The client broke the rules again and again, after it had been told. */
  policy: 1008,
  /** The server goes away: come back, maybe to another one. */
  restart: 1012,
} as const;
