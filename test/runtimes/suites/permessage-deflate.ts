import { type CloseRecord, Connection, type ConnectionHandler, OctetQueue } from "@plyws/connection";
import {
  ClientDeflate,
  checkResponse,
  createOffer,
  type DeflateOptions,
  type ExtensionParameter,
  type Inflater,
  type PermessageDeflate,
  ServerDeflate,
} from "@plyws/permessage-deflate";
import { portableEngine } from "@plyws/permessage-deflate/portable";
import {
  chopped,
  concat,
  everyCut,
  filled,
  hex,
  integer,
  octetByOctet,
  octets,
  parseFrames,
  seededRandom,
} from "@plyws/testkit";
import type { Check } from "../harness/check.ts";
import type { Suite } from "../harness/suite.ts";

const engine = portableEngine();
const KEPT = { serverNoContextTakeover: false, clientNoContextTakeover: false };

interface Ends {
  readonly client: PermessageDeflate;
  readonly server: PermessageDeflate;
}

function agreed(options: Omit<DeflateOptions, "engine"> = {}): Ends {
  const client = new ClientDeflate({ engine, ...options });
  const accepted = new ServerDeflate({ engine, ...options }).accept(client.offers);
  const end = accepted === null ? null : client.agree(accepted.extension);
  if (accepted === null || end === null) throw new Error("nothing was agreed on");
  return { client: end, server: accepted.transform };
}

/** What comes of a message in pieces, read to its end. */
function inflated(inflater: Inflater, pieces: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [index, piece] of pieces.entries()) {
    inflater.write(piece, index === pieces.length - 1);
    while (inflater.pending) parts.push(bounded(inflater.read()));
  }
  return concat(...parts);
}

/** As {@link inflated}, at one end of a connection. */
function decoded(end: PermessageDeflate, pieces: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [index, piece] of pieces.entries()) {
    end.decodePiece(piece, index === pieces.length - 1);
    while (end.pending) parts.push(bounded(end.read()));
  }
  return concat(...parts);
}

/** A copy: what is read is on loan. */
function bounded(part: Uint8Array): Uint8Array {
  if (part.length > 65_536) throw new Error(`${part.length} octets at once`);
  return part.slice();
}

const noise = (length: number): Uint8Array => {
  const random = seededRandom(length);
  return Uint8Array.from({ length }, () => integer(random, 0, 255));
};
const prose = (length: number): Uint8Array =>
  octets(
    Array.from({ length: Math.ceil(length / 8) }, (_, at) => `${(at * at) % 977} 你好, `)
      .join("")
      .slice(0, length),
  );

/** RFC 7692 section 7.2.3: payloads of one connection, and the message that each of them is. */
const VECTORS: readonly (readonly [string, readonly string[], string])[] = [
  ["7.2.3.1, one compressed block", ["F2 48 CD C9 C9 07 00"], "Hello"],
  ["7.2.3.2, sharing the window", ["F2 48 CD C9 C9 07 00", "F2 00 11 00 00"], "Hello"],
  ["7.2.3.2, the same octets again", ["F2 48 CD C9 C9 07 00", "F2 48 CD C9 C9 07 00"], "Hello"],
  ["7.2.3.3, a block without compression", ["00 05 00 FA FF 48 65 6C 6C 6F 00"], "Hello"],
  ["7.2.3.4, a block with BFINAL", ["F3 48 CD C9 C9 07 00 00"], "Hello"],
  ["7.2.3.5, two blocks", ["F2 48 05 00 00 00 FF FF CA C9 C9 07 00"], "Hello"],
  ["7.2.3.6, an empty message", ["00"], ""],
];

function vectors(check: Check): void {
  for (const [what, payloads, text] of VECTORS) {
    const inflater = engine.createInflater({ windowBits: 15 });
    const ends = agreed(KEPT);
    for (const payload of payloads) {
      check.equal(`${what}, inflated`, inflated(inflater, [hex(payload)]), octets(text));
      for (const [name, end] of Object.entries(ends)) {
        check.equal(`${what}, received by the ${name}`, decoded(end, [hex(payload)]), octets(text));
      }
    }
    const [payload = ""] = payloads;
    for (const cut of [...everyCut(hex(payload)), octetByOctet(hex(payload))]) {
      inflater.reset();
      check.equal(`${what}, in ${cut.length} pieces`, inflated(inflater, cut), octets(text));
    }
    inflater.close();
  }
  const deflater = engine.createDeflater({ windowBits: 15, level: 6 });
  const tail = hex("00 00 FF FF");
  check.equal(
    "7.2.3.1, deflated",
    deflater.deflate(octets("Hello"), true).slice(),
    concat(hex("F2 48 CD C9 C9 07 00"), tail),
  );
  check.equal(
    "7.2.3.2, deflated",
    deflater.deflate(octets("Hello"), true).slice(),
    concat(hex("F2 00 11 00 00"), tail),
  );
}

/** Around the largest window, and what is read at once. */
const SIZES = [1, 2, 100, 1000, 32_768, 65_536, 65_537];

function roundTrips(check: Check): void {
  for (const options of [
    {},
    KEPT,
    { ...KEPT, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
    { level: 9 },
  ]) {
    const { client, server } = agreed(options);
    for (const make of [prose, noise, (length: number) => filled(length, 0)]) {
      for (const size of SIZES) {
        const message = make(size);
        for (const [from, to] of [
          [client, server],
          [server, client],
        ] as const) {
          const payload = from.encodeMessage(message)?.slice() ?? null;
          const what = `${JSON.stringify(options)}, ${size} octets`;
          // Null: it would not become smaller, and is sent as it is.
          check.equal(what, payload === null ? message : decoded(to, chopped(payload, 1021)), message);
        }
      }
    }
    client.dispose();
    server.dispose();
  }
}

function fragments(check: Check): void {
  for (const options of [{}, KEPT]) {
    const { client, server } = agreed(options);
    for (const pieces of [
      [octets("Hel"), octets("lo")],
      [octets(""), octets("a"), octets(""), octets("b"), octets("")],
      [noise(70_000), prose(100), octets("")],
      chopped(prose(5000), 500),
    ]) {
      const payloads = pieces.map((piece, at) => client.encodePiece(piece, at === pieces.length - 1).slice());
      check.equal(`${pieces.length} fragments`, decoded(server, payloads), concat(...pieces));
    }
  }
}

/** What the runtime itself makes of what was compressed here: another implementation, everywhere. */
async function runtime(check: Check): Promise<void> {
  const { client } = agreed();
  for (const message of [prose(300), prose(70_000), filled(100_000, 1)]) {
    const payload = client.encodeMessage(message);
    if (payload === null) return check.fail("is not compressed");
    // RFC 7692 section 7.2.1: what was left out; then an empty block that is the last.
    const stream = concat(payload, hex("00 00 FF FF 01 00 00 FF FF"));
    const inflater = new Blob([new Uint8Array(stream)])
      .stream()
      .pipeThrough(new DecompressionStream("deflate-raw"));
    const whole = new Uint8Array(await new Response(inflater as ReadableStream).arrayBuffer());
    check.equal(`${message.length} octets`, whole, message);
  }
}

const offer = (...params: readonly ExtensionParameter[]) => ({ name: "permessage-deflate", params });

function negotiation(check: Check): void {
  const server = new ServerDeflate({ engine });
  const answered = (...params: readonly ExtensionParameter[]) =>
    server.accept([offer(...params)])?.extension.params ?? null;
  const NONE: readonly ExtensionParameter[] = [
    ["server_no_context_takeover", true],
    ["client_no_context_takeover", true],
  ];
  check.equal("a plain offer", answered(), NONE);
  check.equal("a small window", answered(["server_max_window_bits", "10"]), [
    ...NONE,
    ["server_max_window_bits", "10"],
  ]);
  for (const [name, value] of [
    ["server_max_window_bits", "16"],
    ["server_max_window_bits", "7"],
    ["server_max_window_bits", "09"],
    ["server_max_window_bits", true],
    ["server_no_context_takeover", "1"],
    ["client_max_window_bits", "x"],
    ["unknown", true],
  ] as const) {
    check.equal(`${name}=${value}`, answered([name, value]), null);
  }
  check.equal("the second offer", server.accept([offer(["unknown", true]), offer()])?.extension.params, NONE);
  check.equal("another extension", server.accept([{ name: "x-deflate", params: [] }]), null);

  const asked = createOffer({
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    serverMaxWindowBits: 12,
    clientMaxWindowBits: undefined,
    minWindowBits: 9,
  });
  check.equal("an answer that keeps a context", checkResponse(asked, [], 9), null);
  check.equal("a larger window", checkResponse(asked, [...NONE, ["server_max_window_bits", "13"]], 9), null);
  const agreedOn = checkResponse(asked, [...NONE, ["server_max_window_bits", "11"]], 9);
  check.equal("a smaller window", agreedOn?.serverMaxWindowBits, 11);
}

function hostile(check: Check): void {
  const invalid = { name: "ProtocolError", code: "invalid-deflate", closeCode: 1007 };
  for (const [what, payload] of [
    ["a reserved type of block", "06"],
    ["a stored block with a wrong length", "00 05 00 FA FE 48 65 6C 6C 6F 00"],
    ["a reference to before the beginning", "F2 00 11 00 00"],
    ["an end inside a block", "F2 48 CD C9"],
    ["octets of chance", "FF FF FF FF FF"],
  ] as const) {
    check.throws(what, () => decoded(agreed().server, [hex(payload)]), invalid);
  }
  // 4 MiB out of a few KiB: never more than 64 KiB of it at once.
  const { client, server } = agreed();
  const bomb = client.encodeMessage(filled(4 * 2 ** 20, 0))?.slice() ?? hex("");
  check.equal("is small", bomb.length < 2 ** 15, true);
  let size = 0;
  server.decodePiece(bomb, true);
  while (server.pending) size += bounded(server.read()).length;
  check.equal("is bounded", size, 4 * 2 ** 20);
}

/** Inside a connection: RSV1 on the first fragment only, and the limit counts what comes out. */
function connections(check: Check): void {
  const ends = agreed(KEPT);
  const [up, down] = [new OctetQueue(), new OctetQueue()];
  const got: string[] = [];
  const records: CloseRecord[] = [];
  const rsv: number[] = [];
  const handler: ConnectionHandler = {
    text: (data) => void got.push(data),
    binary: (data) => void got.push(`${data.length} octets`),
    closed: (record) => void records.push(record),
  };
  const client = new Connection({ role: "client", extension: ends.client }, handler, up);
  const server = new Connection(
    { role: "server", extension: ends.server, maxMessageSize: 100_000 },
    handler,
    down,
  );
  const deliver = (): void => {
    const [sent, answered] = [concat(...up.take()), concat(...down.take())];
    rsv.push(...parseFrames(sent).map((frame) => frame.rsv));
    for (const chunk of chopped(sent, 100)) server.receive(chunk);
    for (const chunk of octetByOctet(answered)) client.receive(chunk);
  };
  const text = "again and again ".repeat(100);
  client.sendText(text);
  client.sendText("short");
  client.sendBinary(filled(50_000, 1));
  client.sendFragment(1, octets("in "), false, true);
  client.sendFragment(1, octets("pieces"), true);
  server.sendText(`${text}!`);
  deliver();
  check.equal("what arrives", got, [text, "short", "50000 octets", "in pieces", `${text}!`]);
  check.equal("RSV1 where a message is compressed", rsv, [4, 0, 4, 4, 0]);
  client.sendBinary(filled(100_001, 0));
  deliver();
  server.receiveEnd();
  const [error] = records.map((record) => Object(record.error).code);
  check.equal("one octet too much", error, "message-too-big");
}

const suite: Suite = {
  name: "@plyws/permessage-deflate/portable",
  groups: {
    "RFC 7692 section 7.2.3": vectors,
    "there and back": roundTrips,
    fragments,
    "the inflater of the runtime": runtime,
    negotiation,
    "what a peer does wrong": hostile,
    "in a connection": connections,
  },
};
export default suite;
