import type { Case } from "./case.ts";
import { closingCases } from "./closing.ts";
import { deflateContent, deflateParameters } from "./deflate.ts";
import { fragmentation } from "./fragmentation.ts";
import { framing } from "./framing.ts";
import { autoFragmentation, limits } from "./limits.ts";
import { closeCases } from "./own/closing.ts";
import { bomCases, contentCases } from "./own/content.ts";
import { cutCases } from "./own/cuts.ts";
import { deflateDataCases } from "./own/deflate.ts";
import { clientHandshakeCases, clientRequestCases } from "./own/handshake-client.ts";
import { serverHandshakeCases } from "./own/handshake-server.ts";
import { lengthCases } from "./own/lengths.ts";
import { maskingCases } from "./own/masking.ts";
import { answerCases, offerCases } from "./own/negotiation.ts";
import { rsvCases } from "./own/rsv.ts";
import { timingCases } from "./own/timing.ts";
import { utf8EdgeCases } from "./own/utf8.ts";
import { pingPong } from "./ping-pong.ts";
import { reservedBits, reservedOpcodes } from "./reserved.ts";
import { utf8Cases } from "./utf8.ts";

/** The cases that the Autobahn suite has too, under the same numbers. */
export const autobahnCases: readonly Case[] = [
  ...framing,
  ...pingPong,
  ...reservedBits,
  ...reservedOpcodes,
  ...fragmentation,
  ...utf8Cases,
  ...closingCases,
  ...limits,
  ...autoFragmentation,
  ...deflateContent,
  ...deflateParameters,
];

/** All cases, in the order in which they are reported. */
export const allCases: readonly Case[] = [
  ...autobahnCases,
  ...maskingCases,
  ...lengthCases,
  ...utf8EdgeCases,
  ...bomCases,
  ...contentCases,
  ...cutCases,
  ...closeCases,
  ...timingCases,
  ...rsvCases,
  ...deflateDataCases,
  ...offerCases,
  ...serverHandshakeCases,
  ...clientRequestCases,
  // Last, since a client may end at the first handshake that fails.
  ...clientHandshakeCases,
  ...answerCases,
];
