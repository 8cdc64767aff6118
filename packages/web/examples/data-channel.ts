// @ts-nocheck: the types of browsers are not installed here
// RFC 6455 over an RTCDataChannel: what works over a WebSocket works between two browsers.
import { overStreams } from "@plyws/web";

/** Larger messages do not pass every browser. */
const CHUNK_SIZE = 16_384;
const HIGH_WATER_MARK = 262_144;
/** A channel cannot be told to wait: more than this that nobody reads ends it. */
const MAX_UNREAD = 16 * 1024 * 1024;

/** Makes a byte stream of a channel that is reliable and ordered, as they are by default. */
export function channelStream(channel) {
  channel.binaryType = "arraybuffer";
  channel.bufferedAmountLowThreshold = HIGH_WATER_MARK / 2;
  const event = (name) => new Promise((resolve) => channel.addEventListener(name, resolve, { once: true }));
  const closed = event("close");

  const readable = new ReadableStream(
    {
      start(input) {
        channel.addEventListener("message", ({ data }) => {
          input.enqueue(new Uint8Array(data));
          if (input.desiredSize > 0) return;
          input.error(new Error("The peer sends faster than it is read"));
          channel.close();
        });
        // A reader that has given up closes the channel, too.
        void closed.then(() => input.close()).catch(() => {});
      },
      cancel: () => channel.close(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD }),
  );

  const writable = new WritableStream({
    async start() {
      if (channel.readyState === "connecting") await Promise.race([event("open"), closed]);
    },
    async write(chunk) {
      for (let at = 0; at < chunk.length; at += CHUNK_SIZE) {
        while (channel.bufferedAmount > HIGH_WATER_MARK && channel.readyState === "open") {
          await Promise.race([event("bufferedamountlow"), closed]);
        }
        channel.send(chunk.subarray(at, at + CHUNK_SIZE));
      }
    },
    // It has no halves: what was sent before is still delivered.
    close: () => channel.close(),
    abort: () => channel.close(),
  });
  return { readable, writable };
}

/** A WebSocket connection over a channel. Whoever made the channel is the client. */
export function overChannel(channel, role) {
  return overStreams(channelStream(channel), { role });
}
