/** What the page takes at most. Everything that it keeps is a small multiple of what it was given. */

/** Octets of a file that is dropped or chosen. */
export const MAX_FILE_SIZE = 32 * 1024 * 1024;
/** Characters of what is pasted. */
export const MAX_TEXT_LENGTH = 4 * 1024 * 1024;
/** Packets of a capture. */
export const MAX_PACKETS = 500_000;
/** TCP connections of a capture. */
export const MAX_CONNECTIONS = 500;
/** Frames that are explained. */
export const MAX_FRAMES = 10_000;
/** Octets of one inflated message that are kept. */
export const MAX_INFLATED_MESSAGE = 1024 * 1024;
/** Octets that all messages together may inflate to: after that no more are inflated. */
export const MAX_INFLATED = 64 * 1024 * 1024;
