import { type Cutting, cuttings } from "../cut.ts";
import { frame } from "../frame.ts";
import { concat, octets } from "../octets.ts";
import { frameSpan } from "../parse.ts";
import { integer, seededRandom } from "../random.ts";
import type { FailurePoint, Role, Rule } from "./rule.ts";

/** The input of a rule on the wire towards a receiver of this role, one array for each frame. */
export function ruleInput({ input }: Pick<Rule, "input">, receiver: Role): Uint8Array[] {
  const random = seededRandom(input.length);
  return input.map((parts) => {
    if (parts instanceof Uint8Array) return parts.slice();
    const key = octets(Array.from({ length: 4 }, () => integer(random, 0, 255)));
    return frame({ mask: receiver === "server" ? key : null, ...parts });
  });
}

/** How many octets have arrived when the failure may be known at the earliest and must be at the latest. */
export function failureOctets(
  input: readonly Uint8Array[],
  point: FailurePoint,
): { earliest: number; latest: number } {
  const start = input.slice(0, point.frame).reduce((size, part) => size + part.length, 0);
  const wire = input[point.frame];
  const span = wire === undefined ? null : frameSpan(wire, 0);
  if (wire === undefined || span === null)
    throw new RangeError(`input frame ${point.frame} has no complete head`);
  if (point.at === "head") return { earliest: start + 1, latest: start + span.payloadStart };
  if (point.at === "end") return { earliest: start + span.payloadStart, latest: start + wire.length };
  const exact = start + span.payloadStart + point.at + 1;
  return { earliest: exact, latest: exact };
}

/** Every way to deliver the input: all cuttings, and frame by frame. */
export function* ruleCuttings(rule: Rule, receiver: Role): Generator<Cutting> {
  const frames = ruleInput(rule, receiver);
  yield* cuttings(concat(...frames));
  if (frames.length > 1) yield { name: "frame by frame", chunks: frames };
}
