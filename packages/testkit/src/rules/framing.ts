import type { FrameParts } from "../frame.ts";
import { filled } from "../octets.ts";
import { event, fails, type Rule, rule, send } from "./rule.ts";

const SIZES = [0, 125, 126, 127, 128, 65_535, 65_536];

/** Autobahn section 1: every length form at its borders. */
const sizes: Rule[] = SIZES.flatMap((size, i) => {
  const last = i === SIZES.length - 1;
  const variants = (kind: number) => (last ? [`1.${kind}.8`] : []);
  return [
    rule({
      id: `1.1.${i + 1}`,
      variants: variants(1),
      section: "5.2",
      title: `a text message of ${size} octets`,
      input: [send.text("*".repeat(size))],
      events: [event.text(0, "*".repeat(size))],
    }),
    rule({
      id: `1.2.${i + 1}`,
      variants: variants(2),
      section: "5.2",
      title: `a binary message of ${size} octets`,
      input: [send.binary(filled(size, 0xfe))],
      events: [event.binary(0, filled(size, 0xfe))],
    }),
  ];
});

interface BadLength {
  name: string;
  title: string;
  code: number;
  frame: FrameParts;
  maxMessageSize?: number;
}

const MAX_SAFE = 2n ** 53n - 1n;

const BAD_LENGTHS: readonly BadLength[] = [
  ...[0, 1, 125].map((size) => ({
    name: `16-bit-${size}`,
    title: `${size} octets announced in the 16-bit form`,
    code: 1002,
    frame: send.text("*".repeat(size), { lengthForm: 16 }),
  })),
  ...[0, 125, 126, 65_535].map((size) => ({
    name: `64-bit-${size}`,
    title: `${size} octets announced in the 64-bit form`,
    code: 1002,
    frame: send.binary(filled(size, 0xfe), { lengthForm: 64 }),
  })),
  {
    name: "16-bit-continuation",
    title: "a continuation frame outside of a message in a longer length form",
    code: 1002,
    frame: send.continuation("*", { lengthForm: 16 }),
  },
  {
    name: "16-bit-ping",
    title: "a ping of 5 octets announced in the 16-bit form",
    code: 1002,
    frame: send.ping("Hello", { lengthForm: 16 }),
  },
  {
    name: "64-bit-close",
    title: "a Close frame announced in the 64-bit form",
    code: 1002,
    frame: send.close(1000, "", { lengthForm: 64 }),
  },
  {
    name: "top-bit",
    title: "the top bit of the 64-bit form set, nothing else",
    code: 1002,
    frame: send.binary("", { announcedLength: 1n << 63n }),
  },
  {
    name: "top-bit-small",
    title: "the top bit of the 64-bit form set on an ordinary length",
    code: 1002,
    frame: send.binary(filled(300, 0), { announcedLength: (1n << 63n) + 65_536n }),
  },
  {
    name: "all-bits",
    title: "all bits of the 64-bit form set",
    code: 1002,
    frame: send.text("", { announcedLength: (1n << 64n) - 1n }),
  },
  {
    name: "2^53",
    title: "a length of 2^53, the first that a number cannot count",
    code: 1009,
    frame: send.binary("", { announcedLength: MAX_SAFE + 1n }),
    maxMessageSize: Number.MAX_SAFE_INTEGER,
  },
  {
    name: "2^53+1",
    title: "a length of 2^53 + 1, which rounds to 2^53",
    code: 1009,
    frame: send.binary("", { announcedLength: MAX_SAFE + 2n }),
    maxMessageSize: Number.MAX_SAFE_INTEGER,
  },
  {
    name: "2^63-1",
    title: "the largest length that the RFC permits",
    code: 1009,
    frame: send.text("", { announcedLength: (1n << 63n) - 1n }),
    maxMessageSize: Number.MAX_SAFE_INTEGER,
  },
  {
    name: "2^53-1",
    title: "the largest safe integer, over the limit of the message size",
    code: 1009,
    frame: send.binary("", { announcedLength: MAX_SAFE }),
    maxMessageSize: 1000,
  },
  {
    name: "2^32",
    title: "a length of 2^32, zero in its low 32 bits, over the limit of the message size",
    code: 1009,
    frame: send.binary("", { announcedLength: 1n << 32n }),
    maxMessageSize: 1000,
  },
  {
    name: "huge-ping",
    title: "a ping with a length of 2^53: a control frame first of all",
    code: 1002,
    frame: send.ping("", { announcedLength: MAX_SAFE + 1n }),
  },
];

/** Not in Autobahn: the minimal form is required, the top bit is 0, and lengths that nobody can hold are refused. */
const lengths: Rule[] = BAD_LENGTHS.flatMap(({ name, title, code, frame, maxMessageSize }) =>
  rule({
    id: `length/${name}`,
    section: name.includes("ping") || name.includes("close") ? "5.5" : "5.2",
    title,
    ...(maxMessageSize === undefined ? {} : { maxMessageSize }),
    input: [frame, send.ping("too late")],
    close: fails(code, 0),
  }),
);

const small = "*".repeat(100);

/** Not in Autobahn: the limit of the message size, 1009 by RFC 6455 section 7.4.1. */
const limits: Rule[] = [
  rule({
    id: "limit/frame-at",
    section: "10.4",
    title: "an unfragmented message exactly as large as the limit",
    maxMessageSize: 100,
    input: [send.text(small)],
    events: [event.text(0, small)],
  }),
  rule({
    id: "limit/frame-over",
    section: "10.4",
    title: "an unfragmented message one octet larger than the limit",
    maxMessageSize: 100,
    input: [send.text(`${small}*`), send.ping("too late")],
    close: fails(1009, 0),
  }),
  rule({
    id: "limit/fragments-at",
    section: "10.4",
    title: "fragments exactly as large as the limit, with pings that do not count",
    maxMessageSize: 100,
    input: [
      send.binary(filled(60, 1), { fin: false }),
      send.ping("*".repeat(125)),
      send.continuation(filled(40, 1), { fin: false }),
      send.continuation(),
    ],
    events: [event.ping(1, "*".repeat(125)), event.binary(3, filled(100, 1))],
  }),
  rule({
    id: "limit/fragments-over",
    section: "10.4",
    title: "a fragment whose announced length passes the limit",
    maxMessageSize: 100,
    input: [
      send.binary(filled(60, 1), { fin: false }),
      send.continuation(filled(41, 1)),
      send.ping("too late"),
    ],
    close: fails(1009, 1),
  }),
  rule({
    id: "limit/each-message",
    section: "10.4",
    title: "the limit counts anew for each message",
    maxMessageSize: 100,
    input: [send.text(small), send.text("*", { fin: false }), send.continuation("*".repeat(99))],
    events: [event.text(0, small), event.text(2, small)],
  }),
];

export const FRAMING: readonly Rule[] = [...sizes, ...lengths, ...limits];
