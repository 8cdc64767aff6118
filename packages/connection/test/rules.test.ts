import { isDeepStrictEqual } from "node:util";
import {
  concat,
  type EchoEndpoint,
  EventRecorder,
  type MakeEndpoint,
  type Role,
  RULES,
  type Rule,
  ruleCuttings,
  runRule,
} from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { Connection, OctetQueue } from "../src/index.ts";

const makeEcho: MakeEndpoint = ({ role, maxMessageSize }): EchoEndpoint => {
  const recorder = new EventRecorder();
  const outbox = new OctetQueue();
  const connection = new Connection(
    maxMessageSize === null ? { role } : { role, maxMessageSize },
    {
      text(data) {
        recorder.text(data);
        connection.sendText(data);
      },
      binary(data) {
        recorder.binary(data);
        // What is sent is kept by reference until it is written, and what was received is a view of the chunk.
        connection.sendBinary(data.slice());
      },
      ping: (payload) => recorder.ping(payload),
      pong: (payload) => recorder.pong(payload),
      closed: ({ code, reason, clean }) => recorder.closed(code, reason, clean),
    },
    outbox,
  );
  return {
    receive: (chunk) => connection.receive(chunk),
    receiveEnd: () => connection.receiveEnd(),
    close: (code, reason) => connection.close(code, reason),
    take: () => concat(...outbox.take()),
    get ended() {
      return outbox.ended;
    },
    events: recorder.events,
  };
};

for (const [theme, rules] of Object.entries(RULES)) {
  describe(`rules of ${theme}`, () => {
    for (const rule of rules) {
      for (const role of rule.receiver === "both" ? (["server", "client"] as const) : [rule.receiver]) {
        test(`${rule.id}, ${role}: ${rule.title} (RFC 6455 section ${rule.section})`, {
          timeout: 60_000,
        }, () => {
          const { cutting, observed, expected } = firstDifference(rule, role);
          expect({ cutting, ...observed }).toEqual({ cutting, ...expected });
        });
      }
    }
  });
}

/** The first cutting with which the rule is not obeyed; the last of all when there is none. */
function firstDifference(rule: Rule, role: Role) {
  let cutting = "none";
  let outcome: ReturnType<typeof runRule> | null = null;
  for (const { name, chunks } of ruleCuttings(rule, role)) {
    cutting = name;
    outcome = runRule(rule, role, chunks, makeEcho);
    if (!isDeepStrictEqual(outcome.observed, outcome.expected)) break;
  }
  if (outcome === null) throw new Error(`no cuttings of ${rule.id}`);
  return { cutting, ...outcome };
}
