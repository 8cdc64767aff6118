import { type CloseRecord, Connection, OctetQueue, PreparedMessage, type Role } from "@plyws/connection";
import {
  concat,
  cuttings,
  type EchoEndpoint,
  EventRecorder,
  hex,
  maskingKeys,
  oneOctet,
  parseFrames,
  RULES,
  randomChunks,
  ruleCuttings,
  runRule,
  Wire,
  type WireEnd,
  wholeChunks,
} from "@plyws/testkit";
import type { Check } from "../harness/check.ts";
import type { Suite } from "../harness/suite.ts";

function echo({ role, maxMessageSize }: { role: Role; maxMessageSize: number | null }): EchoEndpoint {
  const recorder = new EventRecorder();
  const outbox = new OctetQueue();
  const connection: Connection = new Connection(
    maxMessageSize === null ? { role } : { role, maxMessageSize },
    {
      text(data) {
        recorder.text(data);
        connection.sendText(data);
      },
      binary(data) {
        recorder.binary(data);
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
}

/** Above so many octets a rule is looked at whole only: to cut it takes time, and tells about no runtime. */
const LONG = 2000;

/** Each cut in two besides is for the tests of the package. */
const CUTTINGS = ["whole", "octet by octet", "frame by frame", "random cuts, seed 1"];

/** Every rule of RFC 6455 for an open connection, as the tests of the package have them. */
function rules(check: Check): void {
  for (const [theme, themed] of Object.entries(RULES)) {
    for (const rule of themed) {
      for (const role of rule.receiver === "both" ? (["server", "client"] as const) : [rule.receiver]) {
        for (const { name, chunks } of ruleCuttings(rule, role)) {
          if (!CUTTINGS.includes(name)) continue;
          const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
          if (size > LONG && name !== "whole") break;
          const { observed, expected } = runRule(rule, role, chunks, echo);
          check.equal(`${theme}, ${rule.id}, ${role}, ${name}`, { ...observed }, { ...expected });
        }
      }
    }
  }
}

/** A connection at one end of a wire, which writes after each call what is queued. */
function attach(role: Role, end: WireEnd) {
  const texts: string[] = [];
  const sizes: number[] = [];
  const records: CloseRecord[] = [];
  const outbox = new OctetQueue();
  let ended = false;
  const connection: Connection = new Connection(
    { role },
    {
      text: (data) => void texts.push(data),
      binary: (data) => void sizes.push(data.length),
      closed: (record) => void records.push(record),
    },
    outbox,
  );
  const flush = (): void => {
    for (const octets of outbox.take()) end.send(octets);
    if (!outbox.ended || ended) return;
    ended = true;
    end.end();
  };
  end.onData = (chunk) => {
    connection.receive(chunk);
    flush();
  };
  end.onEnd = () => {
    connection.receiveEnd();
    flush();
  };
  return { connection, flush, texts, sizes, records };
}

function conversations(check: Check): void {
  const said = [
    "",
    "Hello",
    "你好",
    "\u{1f44b}",
    "\ufeffBOM",
    "x".repeat(125),
    "y".repeat(126),
    "z".repeat(70_000),
  ];
  for (const [name, size] of [
    ["whole", wholeChunks],
    ["octet by octet", oneOctet],
    ["at random", randomChunks(7)],
  ] as const) {
    for (const closer of ["client", "server"] as const) {
      const wire = new Wire(size);
      const client = attach("client", wire.a);
      const server = attach("server", wire.b);
      // Octet by octet the longest would take as many steps as it has octets.
      const texts = name === "octet by octet" ? said.slice(0, -1) : said;
      for (const { connection, flush } of [client, server]) {
        for (const text of texts) connection.sendText(text);
        connection.sendBinary(new Uint8Array(300).fill(7));
        connection.ping(hex("01 02"));
        flush();
      }
      wire.run();
      const what = `${name}, closed by the ${closer}`;
      check.equal(`${what}: what the server got`, server.texts, texts);
      check.equal(`${what}: what the client got`, client.texts, texts);
      check.equal(`${what}: octets`, [...server.sizes, ...client.sizes], [300, 300]);
      const [first, second] = closer === "client" ? [client, server] : [server, client];
      first.connection.close(4000, "再见");
      first.flush();
      wire.run();
      const record = ({ records: [last, ...more] }: typeof client) => [
        more.length,
        last?.code,
        last?.clean,
        last?.initiator,
        last?.received,
        last?.error,
      ];
      check.equal(`${what}: who closes`, record(first), [
        0,
        4000,
        true,
        "local",
        { code: 4000, reason: "" },
        null,
      ]);
      const received = { code: 4000, reason: "再见" };
      check.equal(`${what}: who is told`, record(second), [0, 4000, true, "remote", received, null]);
      check.equal(
        `${what}: both are closed`,
        [first.connection.state, second.connection.state],
        ["closed", "closed"],
      );
    }
  }
}

/** RFC 6455 section 5.3: keys of a client come from a strong source of the platform. */
function keys(check: Check): void {
  const outbox = new OctetQueue();
  const client = new Connection({ role: "client" }, { text() {}, binary() {}, closed() {} }, outbox);
  for (let count = 0; count < 200; count++) client.sendText("same");
  const wire = concat(...outbox.take());
  const frames = parseFrames(wire);
  check.equal(
    "all are masked",
    frames.every((frame) => frame.masked),
    true,
  );
  check.equal("all say the same", new Set(frames.map(({ payload }) => payload.join())).size, 1);
  const distinct = new Set(maskingKeys(wire).map((key) => key.join()));
  // Two of 200 random keys are equal once in 200,000 runs, three hardly ever.
  check.equal("keys are fresh", distinct.size >= 199, true);
}

function prepared(check: Check): void {
  const message = new PreparedMessage("to many");
  for (const role of ["client", "server"] as const) {
    const outbox = new OctetQueue();
    const connection = new Connection({ role }, { text() {}, binary() {}, closed() {} }, outbox);
    connection.sendPrepared(message);
    connection.sendPrepared(message);
    const frames = parseFrames(concat(...outbox.take()));
    const frame = {
      fin: true,
      rsv: 0,
      opcode: 1,
      masked: role === "client",
      payload: new TextEncoder().encode("to many"),
    };
    check.equal(role, frames, [frame, frame]);
  }
}

/** A peer that breaks a rule gets its Close frame, and nobody an exception. */
function hostile(check: Check): void {
  for (const [wire, code, close] of [
    ["81 05 48 65 6C 6C 6F", "mask-missing", 1002],
    ["83 80 00 00 00 00", "reserved-opcode", 1002],
    ["C1 80 00 00 00 00", "reserved-bits", 1002],
    ["80 80 00 00 00 00", "continuation-unexpected", 1002],
    ["81 82 00 00 00 00 C0 AF", "invalid-utf8", 1007],
    ["88 82 00 00 00 00 03 EE", "close-code", 1002],
    ["82 FF 00 00 00 01 00 00 00 00 00 00 00 00", "message-too-big", 1009],
  ] as const) {
    for (const { name, chunks } of cuttings(hex(wire))) {
      const records: CloseRecord[] = [];
      const outbox = new OctetQueue();
      const server = new Connection(
        { role: "server" },
        { text() {}, binary() {}, closed: (record) => void records.push(record) },
        outbox,
      );
      for (const chunk of chunks) server.receive(chunk);
      const [frame] = parseFrames(concat(...outbox.take()));
      server.receiveEnd();
      const answer =
        frame === undefined ? null : [frame.opcode, ((frame.payload[0] ?? 0) << 8) | (frame.payload[1] ?? 0)];
      check.equal(`${code}, ${name}: the answer`, answer, [8, close]);
      const [record] = records;
      check.equal(
        `${code}, ${name}: the record`,
        [record?.code, record?.clean, Object(record?.error).code],
        [1006, false, code],
      );
    }
  }
}

const suite: Suite = {
  name: "@plyws/connection",
  groups: {
    "the rules of RFC 6455": rules,
    "whole connections, both roles": conversations,
    "masking keys": keys,
    "prepared messages": prepared,
    "what a peer does wrong": hostile,
  },
};
export default suite;
