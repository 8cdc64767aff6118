import {
  binary,
  concat,
  continuation,
  type FrameOptions,
  filled,
  octetByOctet,
  octets,
  ping,
  text,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import type { Connection } from "../src/index.ts";
import { ROLES, setUp, towards } from "./support.ts";

const SMALL = 20_000;
const FACTOR = 8;
/** Linear is 8, quadratic is 64; the rest is for a machine that has other things to do. */
const TOO_MUCH = 40;

/** The least time of some runs, in milliseconds, since what disturbs a run only adds to it. */
function fastest(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < 4; count++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

interface Work {
  readonly title: string;
  /** The stream for `size` octets of work. */
  readonly stream: (size: number, to: FrameOptions) => Uint8Array;
  /** How it is received. Default: octet by octet. */
  readonly receive?: (connection: Connection, chunks: readonly Uint8Array[], whole: Uint8Array) => void;
}

const eachChunk = (connection: Connection, chunks: readonly Uint8Array[]) => {
  for (const chunk of chunks) connection.receive(chunk);
};

const oneMessage = (size: number, to: FrameOptions) => binary(filled(size, 1), to);

const fragments = (size: number, to: FrameOptions) =>
  concat(
    text("a", { fin: false, ...to }),
    ...Array.from({ length: size / 8 }, () => continuation("b", { fin: false, ...to })),
    continuation("", to),
  );

const WORK: readonly Work[] = [
  { title: "one message, octet by octet", stream: oneMessage },
  {
    title: "one text of many octets a code point, octet by octet",
    stream: (size, to) => text("€".repeat(size / 3), to),
  },
  { title: "fragments of one octet, octet by octet", stream: fragments },
  {
    title: "control frames, octet by octet",
    stream: (size, to) => concat(...Array.from({ length: size / 10 }, () => ping("12345678", to))),
  },
  {
    title: "one message, octet by octet, while suspended",
    stream: oneMessage,
    receive(connection, chunks) {
      connection.suspend();
      eachChunk(connection, chunks);
      connection.resume();
    },
  },
  {
    title: "many messages in one chunk, suspended after each",
    stream: (size, to) => concat(...Array.from({ length: size / 10 }, () => text("1234", to))),
    receive(connection, _, whole) {
      connection.frameBudget = 1;
      connection.receive(whole);
      // More arrives all the time: what waits must not be copied again and again. It is the same octet each time, so
      // that the garbage collector has no part in the measurement.
      const more = octets([0x89]);
      for (let count = 0; count < whole.length / 10; count++) {
        connection.receive(more);
        connection.frameBudget = 1;
      }
    },
  },
];

describe.each(ROLES)("%s: eight times the octets take about eight times as long", (role) => {
  test.each(WORK)("$title", { timeout: 120_000, retry: 2 }, ({ stream, receive = eachChunk }) => {
    const time = (size: number) => {
      const whole = stream(size, towards(role));
      return fastest(() => {
        // Received octets are unmasked in place, so each run has its own.
        const copy = whole.slice();
        receive(setUp(role).connection, octetByOctet(copy), copy);
      });
    };
    time(SMALL);
    const small = time(SMALL);
    const large = time(SMALL * FACTOR);
    expect(large / small, `${small} ms, then ${large} ms`).toBeLessThan(TOO_MUCH);
  });
});
