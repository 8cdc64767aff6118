import type { Case } from "./case.ts";
import { closingCases } from "./closing.ts";
import { deflateContent, deflateParameters } from "./deflate.ts";
import { fragmentation } from "./fragmentation.ts";
import { framing } from "./framing.ts";
import { autoFragmentation, limits } from "./limits.ts";
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
export const allCases: readonly Case[] = [...autobahnCases];
