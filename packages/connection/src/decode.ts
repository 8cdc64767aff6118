import type { FrameHeader } from "@plyws/frame";
import type { MessageAssembler } from "@plyws/message";
import type { MessageExtension } from "./extension.ts";

/**
 * Decodes a message that came as one frame and is there as a whole. Its size is bounded while it is decoded.
 *
 * @returns the payload, in a buffer of its own
 * @throws ProtocolError when it cannot be decoded or is too big
 */
export function decodeMessage(
  extension: MessageExtension,
  assembler: MessageAssembler,
  header: FrameHeader,
  encoded: Uint8Array,
): Uint8Array {
  extension.decodeMessage(encoded);
  const first = extension.read();
  // Most messages come out at once: they need not be put together.
  if (!extension.pending && first.length <= assembler.maxMessageSize) return first.slice();
  assembler.beginFrame(header, true, true);
  assembler.append(encoded);
  assembler.appendDecoded(first);
  while (extension.pending) assembler.appendDecoded(extension.read());
  return assembler.endFrame()!.payload;
}
