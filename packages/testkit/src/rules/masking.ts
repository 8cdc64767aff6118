import { MASK } from "../frame.ts";
import { hex } from "../octets.ts";
import { event, fails, MORE, type Rule, rule, send } from "./rule.ts";

/** Not in Autobahn: RFC 6455 section 5.1, a client masks every frame and a server none. */
export const MASKING: readonly Rule[] = [
  ...(
    [
      ["server", null, "unmasked", "a frame without a mask from a client"],
      ["client", MASK, "masked", "a frame with a mask from a server"],
    ] as const
  ).flatMap(([receiver, mask, name, title]) => [
    rule({
      id: `mask/${name}-text`,
      section: "5.1",
      title: `${title}: text`,
      receiver,
      input: [send.text("Hello", { mask }), send.ping("too late")],
      close: fails(1002, 0),
    }),
    rule({
      id: `mask/${name}-empty`,
      section: "5.1",
      title: `${title}: binary without payload`,
      receiver,
      input: [send.binary("", { mask }), send.ping("too late")],
      close: fails(1002, 0),
    }),
    rule({
      id: `mask/${name}-ping`,
      section: "5.1",
      title: `${title}: ping`,
      receiver,
      input: [send.ping("Hello", { mask }), send.ping("too late")],
      close: fails(1002, 0),
    }),
    rule({
      id: `mask/${name}-close`,
      section: "5.1",
      title: `${title}: Close`,
      receiver,
      input: [send.close(1000, "", { mask })],
      close: fails(1002, 0),
    }),
    rule({
      id: `mask/${name}-continuation`,
      section: "5.1",
      title: `${title}: the second fragment of a message`,
      receiver,
      input: [send.text("good"), send.text("Hel", MORE), send.continuation("lo", { mask })],
      events: [event.text(0, "good")],
      close: fails(1002, 2),
    }),
  ]),
  rule({
    id: "mask/zero-key",
    section: "5.3",
    title: "a masking key of zeros masks, too",
    receiver: "server",
    input: [send.text("Hello", { mask: hex("00 00 00 00") })],
    events: [event.text(0, "Hello")],
  }),
  rule({
    id: "mask/each-frame",
    section: "5.3",
    title: "each frame of a message has its own key, and each starts at its first octet",
    receiver: "server",
    input: [
      send.text("a", { fin: false, mask: hex("FF 00 FF 00") }),
      send.ping("bcd", { mask: hex("01 02 03 04") }),
      send.continuation("efghi", { fin: false, mask: hex("80 40 20 10") }),
      send.continuation("jk", { mask: hex("FF FF FF FF") }),
    ],
    events: [event.ping(1, "bcd"), event.text(3, "aefghijk")],
  }),
];
