import { describe, expect, test } from "vitest";
import {
  type EchoEndpoint,
  EventRecorder,
  hex,
  octetByOctet,
  pong,
  RULES,
  ruleCuttings,
  ruleInput,
  runRule,
  close as writeClose,
} from "../src/index.ts";

const found = RULES["ping and pong"].find(({ id }) => id === "2.2");

/** Pretends to be a server that gets the ping of rule 2.2 and then a Close frame: acts after so many octets. */
function scripted(moments: { ping: number; close: number }, payload = "Hello, world!"): EchoEndpoint {
  const recorder = new EventRecorder();
  let arrived = 0;
  let written: Uint8Array[] = [];
  return {
    receive(chunk) {
      for (let i = 0; i < chunk.length; i++) {
        arrived++;
        if (arrived === moments.ping) {
          recorder.ping(new TextEncoder().encode(payload));
          written.push(pong(payload));
        }
        if (arrived === moments.close) written.push(writeClose(1000));
      }
    },
    receiveEnd: () => recorder.closed(1000, "", true),
    close: () => {},
    take() {
      const taken = written.flatMap((frame) => [...frame]);
      written = [];
      return Uint8Array.from(taken);
    },
    get ended() {
      return arrived >= moments.close;
    },
    events: recorder.events,
  };
}

describe("runRule", () => {
  if (found === undefined) throw new Error("no rule 2.2");
  const rule = found;
  const wire = ruleInput(rule, "server");
  const ping = wire[0]?.length ?? 0;
  const close = ping + (wire[1]?.length ?? 0);
  const chunks = octetByOctet(Uint8Array.from(wire.flatMap((frame) => [...frame])));
  const run = (...script: [moments: { ping: number; close: number }, payload?: string]) =>
    runRule(rule, "server", chunks, () => scripted(...script));

  test("is content with an endpoint that does all in time, however the input is cut", () => {
    for (const cutting of ruleCuttings(rule, "server")) {
      const { observed, expected } = runRule(rule, "server", cutting.chunks, () => scripted({ ping, close }));
      expect(observed).toEqual(expected);
    }
  });

  test("tells what comes an octet too late", () => {
    expect(run({ ping: ping + 1, close }).observed.untimely).toEqual([
      `after ${ping} octets, too late: events 0`,
      `after ${ping} octets, too late: replies 0`,
    ]);
  });

  test("tells what comes an octet too early", () => {
    expect(run({ ping, close: close - 1 }).observed.untimely).toEqual([
      `after ${close - 1} octets, too early: close 1`,
      `after ${close - 1} octets, too early: ended true`,
    ]);
  });

  test("tells another payload, and a close that does not come", () => {
    const { observed, expected } = run({ ping, close: Number.POSITIVE_INFINITY }, "Goodbye!");
    expect(observed.untimely).toContain(`after ${close} octets, too late: close 0`);
    expect(observed.endedFirst).not.toBe(expected.endedFirst);
    expect(observed.events[0]).toBe("ping [47 6F 6F 64 62 79 65 21]");
    expect(expected.written).toEqual([
      "opcode 10, rsv 0, fin, not masked: [48 65 6C 6C 6F 2C 20 77 6F 72 6C 64 21]",
      "opcode 8, rsv 0, fin, not masked: 03 E8",
    ]);
  });

  test("refuses a frame that is not whole", () => {
    const endpoint = { ...scripted({ ping, close }), take: () => hex("8A 05 48") };
    expect(() => runRule(rule, "server", chunks, () => endpoint)).toThrow("incomplete frame");
  });
});
