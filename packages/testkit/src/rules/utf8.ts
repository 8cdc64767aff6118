import { concat, hex, octets } from "../octets.ts";
import { GREEK, UTF8_CATALOGUE } from "../utf8/catalogue.ts";
import { type ExpectedClose, event, fails, MORE, type Rule, rule, send } from "./rule.ts";

const SECTION = "8.1";

/** RFC 6455 section 5.6 leaves every valid UTF-8 alone, a byte order mark included. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A text message of one frame for each part. */
function fragments(parts: readonly Uint8Array[]) {
  return parts.map((part, i) => {
    const fin = i === parts.length - 1;
    return i === 0 ? send.text(part, { fin }) : send.continuation(part, { fin });
  });
}

function echoed(id: string, title: string, parts: readonly Uint8Array[]): Rule {
  const text = decoder.decode(concat(...parts));
  return rule({
    id,
    section: SECTION,
    title,
    input: fragments(parts),
    events: [event.text(parts.length - 1, text)],
  });
}

function refused(id: string, title: string, parts: readonly Uint8Array[], close: ExpectedClose): Rule {
  return rule({ id, section: SECTION, title, input: [...fragments(parts), send.ping("too late")], close });
}

const single = (data: Uint8Array): Uint8Array[] => Array.from(data, (octet) => octets([octet]));

const EMPTY = hex("");
const EDITED = octets("EDITED");
const LATIN = [octets("Hello-\u00b5@\u00df\u00f6\u00e4"), octets("\u00fc\u00e0\u00e1-UTF-8!!")];
const SURROGATE = hex("ED A0 80");
const TOO_LARGE = hex("F4 90 80 80");
/** The octet with which each of them goes wrong, counted from the start of the message. */
const WRONG_AT = GREEK.length + 1;

/** Autobahn sections 6.1 to 6.4: text across fragments, and failing at the very octet that is wrong. */
const interplay: Rule[] = [
  echoed("6.1.1", "an empty text", [EMPTY]),
  echoed("6.1.2", "a text of three empty fragments", [EMPTY, EMPTY, EMPTY]),
  echoed("6.1.3", "a text between two empty fragments", [EMPTY, octets("middle"), EMPTY]),
  echoed("6.2.1", "a text with code points of two octets", [concat(...LATIN)]),
  echoed("6.2.2", "the same in two fragments, cut between code points", LATIN),
  echoed("6.2.3", "the same in fragments of one octet", single(concat(...LATIN))),
  echoed("6.2.4", "Greek in fragments of one octet", single(GREEK)),
  refused("6.3.1", "a surrogate within a text", [concat(GREEK, SURROGATE, EDITED)], fails(1007, 0, WRONG_AT)),
  refused(
    "6.3.2",
    "a surrogate within a text in fragments of one octet",
    single(concat(GREEK, SURROGATE, EDITED)),
    fails(1007, WRONG_AT, 0),
  ),
  refused("6.4.1", "the second fragment is wrong", [GREEK, TOO_LARGE, EDITED], fails(1007, 1, 1)),
  refused(
    "6.4.2",
    "the second fragment makes the end of the first one wrong",
    [concat(GREEK, hex("F4")), hex("90"), EDITED],
    fails(1007, 1, 0),
  ),
  refused(
    "6.4.3",
    "wrong within an incomplete frame",
    [concat(GREEK, TOO_LARGE, EDITED)],
    fails(1007, 0, WRONG_AT),
  ),
  refused(
    "6.4.4",
    "wrong with a single octet within an incomplete frame",
    [concat(GREEK, hex("F4 90"), EDITED)],
    fails(1007, 0, WRONG_AT),
  ),
];

/** Autobahn sections 6.5 to 6.23: each sequence is one text. */
const catalogue: Rule[] = UTF8_CATALOGUE.map(({ id, title, octets: data, valid, invalidAt }) => {
  const name = `${title} (${data.length} octets)`;
  if (valid) return echoed(id, name, [data]);
  const at = invalidAt === null || invalidAt === data.length ? "end" : invalidAt;
  return refused(id, name, [data], fails(1007, 0, at));
});

/** What the suite leaves out. */
const more: Rule[] = [
  echoed("utf8/byte-order-mark", "a leading byte order mark is part of the text", [hex("EF BB BF 41")]),
  echoed("utf8/only-byte-order-mark", "a byte order mark alone", [hex("EF BB BF")]),
  echoed("utf8/mark-across-fragments", "a byte order mark cut by a fragment", [hex("EF BB"), hex("BF 41")]),
  echoed(
    "utf8/cut-code-point",
    "a code point of four octets cut at each of them",
    single(hex("F0 9F 98 80")),
  ),
  echoed("utf8/empty-in-code-point", "empty fragments within a code point", [
    hex("E2"),
    EMPTY,
    hex("82"),
    hex("AC"),
    EMPTY,
  ]),
  rule({
    id: "utf8/ping-in-code-point",
    section: SECTION,
    title: "a ping within a code point, its payload not UTF-8",
    input: [send.text(hex("E2 82"), MORE), send.ping(hex("FF")), send.continuation(hex("AC"))],
    events: [event.ping(1, hex("FF")), event.text(2, "\u20ac")],
  }),
  refused(
    "utf8/ends-in-code-point",
    "the last fragment is empty and a code point is open",
    [hex("E2 82"), EMPTY],
    fails(1007, 1, "head"),
  ),
  refused(
    "utf8/cut-then-new",
    "a fragment ends in a code point and the next starts another",
    [hex("41 E2 82"), octets("B"), EMPTY],
    fails(1007, 1, 0),
  ),
  rule({
    id: "utf8/fresh-state",
    section: SECTION,
    title: "each text is checked from its own start",
    input: [send.text(GREEK), send.binary(hex("E2 82")), send.text(hex("AC 41")), send.ping("too late")],
    events: [event.text(0, decoder.decode(GREEK)), event.binary(1, hex("E2 82"))],
    close: fails(1007, 2, 0),
  }),
];

export const UTF8: readonly Rule[] = [...interplay, ...catalogue, ...more];
