import type { ExtensionExpectation, RequestCase, ResponseCase } from "../case.ts";

const D = "permessage-deflate";
const EXTENSIONS = "Sec-WebSocket-Extensions";

const VALUE = "the value is not one that RFC 7692 allows";
const TWICE = "a parameter may appear once";

const OFFERS: readonly [offer: string, extensions: ExtensionExpectation, why: string][] = [
  [D, "negotiated", "the plain offer"],
  [`${D}; client_max_window_bits`, "negotiated", "what browsers offer"],
  [`${D}; client_no_context_takeover`, "negotiated", "a hint of the client"],
  [`${D}; server_no_context_takeover`, "negotiated", "the answer has to repeat it"],
  [`${D}; server_no_context_takeover; client_no_context_takeover`, "negotiated", "both"],
  [`${D}; server_max_window_bits=15`, "negotiated", "the answer has to name 15 or less"],
  [`${D}; server_max_window_bits=10`, "negotiated", "the answer has to name 10 or less"],
  [`${D}; server_max_window_bits=9`, "negotiated", "the answer has to name 9 or 8"],
  [`${D}; server_max_window_bits=8`, "either", "zlib cannot do it, so that it may be declined"],
  [`${D}; client_max_window_bits=8`, "either", "a client that cannot send more"],
  [`${D}; client_max_window_bits=9`, "negotiated", "a client that cannot send more"],
  [`${D}; client_max_window_bits=15`, "negotiated", "says the same as no value"],
  [`${D}; server_max_window_bits="10"`, "negotiated", "a value may be quoted"],
  [`${D};server_max_window_bits=10;client_max_window_bits`, "negotiated", "blanks are not needed"],
  [
    `${D} ; server_max_window_bits = 10`,
    "either",
    "blanks around = are not in the grammar, though some take them",
  ],
  [`x-unknown, ${D}`, "negotiated", "the first extension is unknown, the second is not"],
  [`${D}; unknown, ${D}`, "negotiated", "the first offer is declined, the second is taken"],
  [`${D}; server_max_window_bits=99, ${D}`, "negotiated", "the first offer is declined, the second is taken"],
  [`${D}; unknown`, "declined", "an unknown parameter"],
  [`${D}; unknown=1`, "declined", "an unknown parameter"],
  [`${D}; server_max_window_bits`, "declined", "this parameter needs a value in an offer"],
  ...["0", "7", "16", "010", "08", "1000", "-9", "9.5", "a"].map(
    (bits): [string, ExtensionExpectation, string] => [
      `${D}; server_max_window_bits=${bits}`,
      "declined",
      VALUE,
    ],
  ),
  ...["7", "16", "015", "x"].map((bits): [string, ExtensionExpectation, string] => [
    `${D}; client_max_window_bits=${bits}`,
    "declined",
    VALUE,
  ]),
  [`${D}; server_no_context_takeover=1`, "declined", "this parameter has no value"],
  [`${D}; client_no_context_takeover=true`, "declined", "this parameter has no value"],
  [`${D}; server_max_window_bits=10; server_max_window_bits=10`, "declined", TWICE],
  [`${D}; client_max_window_bits; client_max_window_bits`, "declined", TWICE],
  [`${D}; server_no_context_takeover; server_no_context_takeover`, "declined", TWICE],
  [`${D}; __proto__`, "declined", "an unknown parameter, whatever its name"],
  ["PERMESSAGE-DEFLATE", "either", "names are compared as they are, though some fold them"],
];

const ANSWERS: readonly [answer: string, answers: ResponseCase["answer"], why: string][] = [
  [D, "accept", "the plain answer"],
  [`${D}; server_no_context_takeover`, "accept", "a server may add it"],
  [`${D}; client_no_context_takeover`, "accept", "a server may demand it without being asked"],
  [`${D}; server_no_context_takeover; client_no_context_takeover`, "accept", "both"],
  [`${D}; server_max_window_bits=15`, "accept", "a server may say what its window is"],
  [`${D}; server_max_window_bits=8`, "accept", "a client can inflate with any window that is large enough"],
  [`${D}; unknown`, "refuse", "an unknown parameter"],
  [`${D}; unknown=1`, "refuse", "an unknown parameter"],
  ...["7", "16", "08", "1000", ""].map((bits): [string, "refuse", string] => [
    `${D}; server_max_window_bits=${bits}`,
    "refuse",
    VALUE,
  ]),
  [`${D}; server_max_window_bits`, "refuse", "this parameter needs a value in an answer"],
  [`${D}; client_max_window_bits`, "refuse", "this parameter needs a value in an answer"],
  [`${D}; client_max_window_bits=7`, "refuse", VALUE],
  [`${D}; client_max_window_bits=16`, "refuse", VALUE],
  [`${D}; server_no_context_takeover=1`, "refuse", "this parameter has no value"],
  [`${D}; server_no_context_takeover; server_no_context_takeover`, "refuse", TWICE],
  [`${D}, ${D}`, "refuse", "one extension is negotiated once"],
  [`${D}, x-unknown`, "refuse", "the second was never offered"],
];

/** What servers make of offers (RFC 7692 section 7.1), which the Autobahn suite varies little. */
export const offerCases: readonly RequestCase[] = OFFERS.map(([offer, extensions, why], i) => ({
  kind: "request",
  id: `pmd.offer.${i + 1}`,
  title: `the offer ${offer}`,
  rule: "RFC 7692 5, 7.1",
  why,
  judges: "server",
  request: { lines: [`${EXTENSIONS}: ${offer}`] },
  expect: { answer: "accept", extensions, lenient: extensions !== "negotiated" },
}));

/** What clients make of answers. */
export const answerCases: readonly ResponseCase[] = ANSWERS.map(([answered, answer, why], i) => ({
  kind: "response",
  id: `pmd.answer.${i + 1}`,
  title: `the answer ${answered}`,
  rule: "RFC 7692 5, 7.1",
  why,
  judges: "client",
  response: { lines: [`${EXTENSIONS}: ${answered}`] },
  answer,
  needsDeflate: true,
}));
