import { chopped, concat, parseFrames, RULES, type Rule, ruleInput } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { type CloseRecord, connect, type WebSocketEvents } from "../src/index.ts";
import { ECHO, startServer } from "./support/endpoints.ts";
import { acceptingHead, type RawPeer, rawClient, rawServer } from "./support/raw-peer.ts";
import { expectedOf, line } from "./support/rules.ts";

const NONE = new Uint8Array(0);

/** What comes together with the opening handshake, and what follows. */
const DELIVERIES = [
  { name: "with the opening handshake", cut: (input: Uint8Array) => ({ first: input, rest: [] }) },
  { name: "in one write", cut: (input: Uint8Array) => ({ first: NONE, rest: [input] }) },
  { name: "octet by octet", cut: (input: Uint8Array) => ({ first: NONE, rest: chopped(input, 1) }) },
];

/** Octet by octet only as long as every octet can have a turn of the event loop. */
const MAX_TURNS = 2000;

for (const [theme, rules] of Object.entries(RULES)) {
  const rows = rules.flatMap((rule) =>
    (rule.receiver === "both" ? (["server", "client"] as const) : [rule.receiver]).map((role) => ({
      rule,
      role,
      ...rule,
    })),
  );
  describe(`rules of ${theme}`, () => {
    test.each(rows)("$id, $role: $title (RFC 6455 section $section)", async ({ rule, role }) => {
      for (const { name, cut } of DELIVERIES) {
        const { first, rest } = cut(concat(...ruleInput(rule, role)));
        if (rest.length > MAX_TURNS) continue;
        const { raw, record } = await (role === "server" ? runServer : runClient)(rule, first, rest);
        const { code, reason, clean } = record;
        const observed = { written: parseFrames(raw).map(line), record: { code, reason, clean } };
        expect({ name, ...observed }).toEqual({ name, ...expectedOf(rule, role) });
      }
    });
  });
}

interface Outcome {
  raw: Uint8Array;
  record: CloseRecord;
}

function endpoint({ starts }: Rule): { events: WebSocketEvents; closed: Promise<CloseRecord> } {
  let resolve!: (record: CloseRecord) => void;
  const closed = new Promise<CloseRecord>((settle) => {
    resolve = settle;
  });
  const events: WebSocketEvents = {
    ...ECHO,
    open: (socket) => {
      if (starts !== null) socket.close(starts.code, starts.reason);
    },
    close: (_socket, record) => resolve(record),
  };
  return { events, closed };
}

async function runServer(rule: Rule, first: Uint8Array, chunks: readonly Uint8Array[]): Promise<Outcome> {
  const { events, closed } = endpoint(rule);
  const { maxMessageSize } = rule;
  const server = await startServer(events, maxMessageSize === null ? {} : { maxMessageSize });
  const peer = await rawClient(server.url, first);
  await play(peer, chunks);
  return { raw: await peer.rest(), record: await closed };
}

async function runClient(rule: Rule, first: Uint8Array, chunks: readonly Uint8Array[]): Promise<Outcome> {
  const { events, closed } = endpoint(rule);
  let received!: (raw: Promise<Uint8Array>) => void;
  const raw = new Promise<Uint8Array>((settle) => {
    received = settle;
  });
  const url = await rawServer(async (peer) => {
    peer.write(acceptingHead(await peer.head()), first);
    await play(peer, chunks);
    received(peer.rest());
  });
  const { maxMessageSize } = rule;
  await connect(url, maxMessageSize === null ? { maxMessageSize: 1_048_576 } : { maxMessageSize }, events);
  return { raw: await raw, record: await closed };
}

/** Sends everything, then ends our half of the stream. */
async function play(peer: RawPeer, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) {
    peer.write(chunk);
    if (chunks.length > 1) await new Promise(setImmediate);
  }
  peer.socket.end();
}
