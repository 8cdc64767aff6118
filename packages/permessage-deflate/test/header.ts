import * as ws from "ws";
import type { Extension } from "../src/index.ts";

/** The grammar of RFC 6455 section 9.1, quoted values and all, as `ws` reads it. Its types leave it out. */
const grammar: { parse(header: string): Record<string, Record<string, (string | true)[]>[]> } = Reflect.get(
  ws,
  "extension",
);

/**
 * Extensions as they stand in a header. `ws` groups them by name and parameters by name: the order within one name
 * is kept, which is all that matters here.
 */
export function read(header: string): Extension[] {
  return Object.entries(grammar.parse(header)).flatMap(([name, offers]) =>
    offers.map((params) => ({
      name,
      params: Object.entries(params).flatMap(([param, values]) =>
        values.map((value) => [param, value] as const),
      ),
    })),
  );
}

export function readParams(parameters: string): Extension["params"] {
  return read(`permessage-deflate; ${parameters}`).flatMap(({ params }) => params);
}

export function write({ name, params }: Extension): string {
  return [name, ...params.map(([param, value]) => (value === true ? param : `${param}=${value}`))].join("; ");
}
