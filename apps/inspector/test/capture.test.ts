import { concat, hex, octets } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { readDirections } from "../src/capture/directions.ts";
import { readCapture } from "../src/capture/pcap.ts";
import { readSegment } from "../src/capture/segment.ts";
import { readConnections } from "../src/capture/streams.ts";
import { readFile, readText } from "../src/input/read.ts";
import { MAX_FILE_SIZE } from "../src/limits.ts";
import { ipv4, ipv6, LINKS, pcap, pcapng, type TcpParts, tcp } from "./support/packets.ts";

const REQUEST = [
  "GET /chat HTTP/1.1",
  "Host: localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12",
];
const RESPONSE = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];
const head = (lines: readonly string[]) => octets(`${lines.join("\r\n")}\r\n\r\n`);
const MASKED = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
const PLAIN = hex("81 05 48 65 6c 6c 6f");

const CLIENT = { from: 50_000, to: 9001 };
const SERVER = { from: 9001, to: 50_000 };

/** As `tcpdump -X` writes it. */
const dump = (packet: Uint8Array) =>
  Array.from({ length: Math.ceil(packet.length / 16) }, (_, row) => {
    const pairs = Array.from(packet.subarray(16 * row, 16 * row + 16), (octet) =>
      octet.toString(16).padStart(2, "0"),
    );
    return `\t0x${(16 * row).toString(16).padStart(4, "0")}:  ${pairs.join("").replaceAll(/(.{4})/g, "$1 ")} ....`;
  }).join("\n");

/** The segments of a connection, one for each data of either side. */
function talk(client: readonly Uint8Array[], server: readonly Uint8Array[]): TcpParts[] {
  const segments: TcpParts[] = [
    { ...CLIENT, sequence: 1000, flags: "S", options: 8 },
    { ...SERVER, sequence: 0xffff_fff0, flags: "SA" },
  ];
  let at = 1001;
  for (const data of client) {
    segments.push({ ...CLIENT, sequence: at, data });
    at += data.length;
  }
  // Goes round at 2^32.
  at = 0xffff_fff1;
  for (const data of server) {
    segments.push({ ...SERVER, sequence: at >>> 0, data });
    at += data.length;
  }
  return segments;
}

const USUAL = talk([head(REQUEST), MASKED], [concat(head(RESPONSE), PLAIN), PLAIN]);
const packetsOf = (segments: readonly TcpParts[]) => segments.map((parts) => ipv4(tcp(parts)));
const read = (file: Uint8Array) => {
  const found = readFile("test.pcap", file);
  if (!found.ok) throw new Error(found.problem);
  return found;
};
const brief = (file: Uint8Array) =>
  read(file).directions.map(({ octets: sent, context }) => [context.from, sent]);
const EXPECTED = [
  ["client", MASKED],
  ["server", concat(PLAIN, PLAIN)],
];

describe("a capture", () => {
  test.each<readonly [string, Uint8Array]>([
    ["pcap", pcap(packetsOf(USUAL))],
    ["pcap, highest octet first", pcap(packetsOf(USUAL), { little: false })],
    ["pcap with nanoseconds", pcap(packetsOf(USUAL), { nano: true })],
    ["pcapng", pcapng(packetsOf(USUAL))],
    ["pcapng, highest octet first", pcapng(packetsOf(USUAL), { little: false })],
    ["pcapng with simple blocks", pcapng(packetsOf(USUAL), { form: "simple" })],
    ["pcapng with obsolete blocks", pcapng(packetsOf(USUAL), { form: "old" })],
    [
      "two sections of pcapng",
      concat(pcapng(packetsOf(USUAL.slice(0, 3))), pcapng(packetsOf(USUAL.slice(3)), { little: false })),
    ],
    ["IPv6", pcap(USUAL.map((parts) => ipv6(tcp(parts))))],
    ["IPv6 with an extension header", pcap(USUAL.map((parts) => ipv6(tcp(parts), true)))],
    ["a total length of 0", pcap(USUAL.map((parts) => ipv4(tcp(parts), { total: 0 })))],
    ...Object.entries(LINKS).flatMap(([name, { linkType, wrap }]) => [
      [name, pcap(packetsOf(USUAL).map(wrap), { linkType })] as const,
      [
        `${name}, IPv6`,
        pcapng(
          USUAL.map((parts) => wrap(ipv6(tcp(parts)))),
          { linkType },
        ),
      ] as const,
    ]),
  ])("%s", (_, file) => {
    expect(brief(file)).toEqual(EXPECTED);
  });

  test("says who sent what to whom, and what was agreed on", () => {
    const response = [
      ...RESPONSE,
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",
    ];
    const segments = talk([head(REQUEST), MASKED], [head(response), PLAIN]);
    const { directions, notes } = read(pcap(segments.map((parts) => ipv6(tcp(parts)))));
    expect(notes).toEqual([]);
    expect(directions.map(({ label }) => label)).toEqual([
      "client /chat: [::1]:50000 → [::1]:9001",
      "server /chat: [::1]:9001 → [::1]:50000",
    ]);
    expect(directions.map(({ context }) => context.compression)).toEqual([
      { noContextTakeover: false, windowBits: 12 },
      { noContextTakeover: true, windowBits: 15 },
    ]);
  });

  test.each<[string, (segments: TcpParts[]) => TcpParts[]]>([
    ["out of order", (segments) => [...segments.slice(0, 2), ...segments.slice(2).toReversed()]],
    ["everything twice", (segments) => segments.flatMap((segment) => [segment, segment])],
    ["without the SYNs", (segments) => segments.slice(2)],
    ["without the first SYN", (segments) => segments.slice(1)],
    ["the SYN of the server first", ([first, second, ...rest]) => [second!, first!, ...rest]],
    [
      "sent again in other pieces",
      (segments) => [
        ...segments,
        ...segments.flatMap(({ data = "", sequence, ...ends }) => {
          const whole = octets(data);
          return [
            { ...ends, sequence: (sequence + 3) >>> 0, data: whole.slice(3, 9) },
            { ...ends, sequence, data: whole.slice(0, 5) },
          ].filter((part) => part.data.length > 0);
        }),
      ],
    ],
    [
      "octet by octet, every second one first",
      ([first, second, ...rest]) => {
        const single = rest.flatMap(({ data = "", sequence, ...ends }) =>
          Array.from(octets(data), (octet, index) => ({
            ...ends,
            sequence: (sequence + index) >>> 0,
            data: Uint8Array.of(octet),
          })),
        );
        return [
          first!,
          second!,
          ...single.filter((_, index) => index % 2 === 1),
          ...single.filter((_, index) => index % 2 === 0),
        ];
      },
    ],
    [
      "a keep-alive that sends an old octet again",
      (segments) => [...segments, { ...CLIENT, sequence: 1000, data: "\0" }],
    ],
  ])("%s", (_, change) => {
    expect(brief(pcap(packetsOf(change([...USUAL]))))).toEqual(EXPECTED);
  });

  test("ends a direction where octets are missing, and says so", () => {
    const segments = talk([head(REQUEST), MASKED, MASKED, MASKED], [head(RESPONSE)]);
    segments.splice(4, 1);
    const [direction] = read(pcap(packetsOf(segments))).directions;
    expect(direction?.octets).toEqual(MASKED);
    expect(direction?.notes).toEqual([
      expect.stringContaining("After these octets 11 are missing in the capture"),
    ]);
  });

  test("tells two connections of the same ports apart", () => {
    const later = USUAL.map((parts) => ({ ...parts, sequence: (parts.sequence + 70_000) >>> 0 }));
    expect(brief(pcap(packetsOf([...USUAL, ...later])))).toEqual([...EXPECTED, ...EXPECTED]);
  });

  test("shows connections without an opening handshake last, and says that it guesses", () => {
    const other = { from: 40_000, to: 6379 };
    const segments = [
      { ...other, sequence: 5, data: PLAIN },
      { from: 6379, to: 40_000, sequence: 9, data: MASKED },
      ...USUAL,
    ];
    const { directions } = read(pcap(packetsOf(segments)));
    expect(directions.map(({ opened, context }) => [opened, context.from])).toEqual([
      [true, "client"],
      [true, "server"],
      [false, "client"],
      [false, "server"],
    ]);
    expect(directions[2]?.octets).toEqual(MASKED);
    expect(directions[2]?.notes[0]).toContain("The opening handshake is not in the capture");
  });

  test.each([
    ["a refusal", talk([head(REQUEST)], [head(["HTTP/1.1 403 Forbidden"])]), "the response was 403"],
    [
      "another request",
      talk([head(["GET / HTTP/1.1", "Host: a"])], []),
      "an HTTP request that is no opening handshake",
    ],
    [
      "a POST",
      talk([head(["POST / HTTP/1.1", "Host: a"])], []),
      "an HTTP request that is no opening handshake",
    ],
    ["half a request", talk([octets("GET / HTTP/1.1\r\nHost")], []), "an HTTP request that breaks off"],
    [
      "a malformed request",
      talk([head(["GET / HTTP/1.1", " folded: x"])], []),
      "an HTTP request that is malformed",
    ],
    ["TLS", talk([hex("16 03 01 02 00 01 00 01 fc")], []), "encrypted with TLS"],
    ["nothing but SYN", talk([], []), "nothing was sent"],
  ])("leaves out %s", (_, segments, why) => {
    const found = readFile("test.pcap", pcap(packetsOf(segments)));
    expect(found).toMatchObject({ ok: false, problem: expect.stringContaining(why) });
  });

  test.each([
    ["other protocols", ipv4(tcp(USUAL[2]!), { protocol: 17 })],
    ["fragments of IP", ipv4(tcp(USUAL[2]!), { fragment: 0x2000 })],
    ["half a TCP header", ipv4(tcp(USUAL[2]!).subarray(0, 12))],
    ["half an IP header", ipv4(tcp(USUAL[2]!)).subarray(0, 12)],
    ["an empty packet", hex("")],
    ["IPv6 that is all extensions", concat(ipv6(hex(""), true), hex("00"))],
    ["IP of version 5", hex("50 00")],
  ])("passes over %s", (_, packet) => {
    expect(readSegment({ linkType: 101, octets: packet })).toBeNull();
    expect(readFile("x.pcap", pcap([packet]))).toMatchObject({
      ok: false,
      problem: expect.stringContaining("No packet of the capture holds TCP over IP"),
    });
  });

  test.each([
    ["pcap", pcap(packetsOf(USUAL)), 3],
    ["pcapng", pcapng(packetsOf(USUAL)), 3],
  ])("%s that breaks off is read as far as it goes", (_, file, lost) => {
    const whole = readCapture(file);
    const cut = readCapture(file.subarray(0, file.length - lost));
    expect(whole?.cut).toBeNull();
    expect(cut?.packets).toEqual(whole?.packets.slice(0, -1));
    expect(cut?.cut).toBe("The capture breaks off in the middle of a packet.");
    expect(readDirections(cut!).notes).toEqual([cut?.cut]);
  });

  test("keeps a bounded number of connections", () => {
    const segments = Array.from({ length: 502 }, (_, index) => ({
      from: 1000 + index,
      to: 80,
      sequence: 1,
      data: PLAIN,
    }));
    const { connections, cut } = readConnections(
      packetsOf(segments).map((ip) => readSegment({ linkType: 101, octets: ip })!),
    );
    expect(connections).toHaveLength(500);
    expect(cut).toBe(true);
  });
});

describe("other files", () => {
  test.each([
    ["octets", PLAIN, PLAIN, "server"],
    ["octets of a client", MASKED, MASKED, "client"],
    ["a dump as text", octets("81 05 48 65 6c 6c 6f\n"), PLAIN, "server"],
    ["a whole stream of a client", concat(head(REQUEST), MASKED), MASKED, "client"],
    ["a whole stream of a server", concat(head(RESPONSE), PLAIN), PLAIN, "server"],
    ["text that is no dump", octets("Hello"), octets("Hello"), "server"],
  ])("%s", (_, file, sent, from) => {
    expect(brief(file)).toEqual([[from, sent]]);
  });

  test("a whole stream of a server says what was agreed on", () => {
    const stream = concat(head([...RESPONSE, "Sec-WebSocket-Extensions: permessage-deflate"]), PLAIN);
    expect(read(stream).directions[0]?.context.compression).toEqual({
      noContextTakeover: false,
      windowBits: 15,
    });
  });

  test.each([
    ["an empty one", hex(""), "The file is empty."],
    ["one that is too large", new Uint8Array(MAX_FILE_SIZE + 1), "The file is larger than 32 MiB"],
  ])("%s is refused", (_, file, problem) => {
    expect(readFile("x", file)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  test("packets that were pasted as a dump are a capture", () => {
    const pasted = packetsOf(USUAL).map(
      (packet) =>
        `12:00:00.123456 IP localhost.50000 > localhost.9001: Flags [P.], length 9\n${dump(packet)}`,
    );
    const found = readText(pasted.join("\n"));
    expect(found).toMatchObject({ ok: true, form: "dump" });
    expect(found.ok && found.directions.map(({ octets: sent }) => sent)).toEqual(
      EXPECTED.map(([, sent]) => sent),
    );
  });
});
