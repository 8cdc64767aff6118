import type { DeflateParameters } from "./compression.ts";

/** One element of `Sec-WebSocket-Extensions`, its parameters in their order; null for one without a value. */
export interface Extension {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string | null])[];
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;
const DEFLATE = "permessage-deflate";

/** The elements of the header field (RFC 6455 section 9.1); null when it breaks the grammar. */
export function parseExtensions(value: string): Extension[] | null {
  const extensions: Extension[] = [];
  for (const element of value.split(",")) {
    const [name = "", ...rest] = element.split(";").map((part) => part.trim());
    if (!TOKEN.test(name)) return null;
    const parameters = rest.map(parseParameter);
    if (parameters.includes(null)) return null;
    extensions.push({ name, parameters: parameters.filter((parameter) => parameter !== null) });
  }
  return extensions;
}

function parseParameter(text: string): readonly [string, string | null] | null {
  const at = text.indexOf("=");
  const name = (at === -1 ? text : text.slice(0, at)).trim();
  if (!TOKEN.test(name)) return null;
  if (at === -1) return [name, null];
  const value = text.slice(at + 1).trim();
  const bare = /^".*"$/.test(value) ? value.slice(1, -1) : value;
  return TOKEN.test(bare) ? [name, bare] : null;
}

/** The parameters of RFC 7692 section 7.1 that one element names; null when one is unknown, wrong or repeated. */
interface DeflateFields {
  readonly serverNoTakeover: boolean;
  readonly clientNoTakeover: boolean;
  /** Undefined when absent. */
  readonly serverBits: number | undefined;
  /** Null for the parameter without a value. */
  readonly clientBits: number | null | undefined;
}

function readFields({ name, parameters }: Extension, inOffer: boolean): DeflateFields | null {
  if (name !== DEFLATE || new Set(parameters.map(([key]) => key)).size < parameters.length) return null;
  let fields: DeflateFields = {
    serverNoTakeover: false,
    clientNoTakeover: false,
    serverBits: undefined,
    clientBits: undefined,
  };
  for (const [key, value] of parameters) {
    const bits = value !== null && WINDOW_BITS.test(value) ? Number(value) : null;
    if (key === "server_no_context_takeover" && value === null)
      fields = { ...fields, serverNoTakeover: true };
    else if (key === "client_no_context_takeover" && value === null) {
      fields = { ...fields, clientNoTakeover: true };
    } else if (key === "server_max_window_bits" && bits !== null) fields = { ...fields, serverBits: bits };
    else if (key === "client_max_window_bits" && (bits !== null || (inOffer && value === null))) {
      fields = { ...fields, clientBits: bits };
    } else return null;
  }
  return fields;
}

const agreed = (answer: DeflateFields): DeflateParameters => ({
  client: { windowBits: answer.clientBits ?? 15, takeover: !answer.clientNoTakeover },
  server: { windowBits: answer.serverBits ?? 15, takeover: !answer.serverNoTakeover },
});

/** What a server's answer comes to: nothing negotiated, parameters, or why it fits none of the offers. */
export type Negotiated =
  | { readonly kind: "none" }
  | { readonly kind: "deflate"; readonly parameters: DeflateParameters }
  | { readonly kind: "fault"; readonly fault: string };

/** Judges an answer by what was offered (RFC 6455 section 9.1, RFC 7692 section 7.1). */
export function judgeAnswer(offered: string | null, answered: string | null): Negotiated {
  if (answered === null) return { kind: "none" };
  const fault = (text: string): Negotiated => ({
    kind: "fault",
    fault: `Sec-WebSocket-Extensions: ${answered} ${text}`,
  });
  const extensions = parseExtensions(answered);
  if (extensions === null) return fault("breaks the grammar");
  const [extension] = extensions;
  if (offered === null || extension === undefined) return fault("was not offered");
  if (extensions.length > 1) return fault("names more than was offered");
  const answer = readFields(extension, false);
  if (answer === null) return fault("is no answer of RFC 7692");
  const fits = (parseExtensions(offered) ?? []).some((offer) => {
    const fields = readFields(offer, true);
    return fields !== null && answersOffer(answer, fields);
  });
  return fits
    ? { kind: "deflate", parameters: agreed(answer) }
    : fault(`answers none of the offers ${offered}`);
}

function answersOffer(answer: DeflateFields, offer: DeflateFields): boolean {
  return (
    (answer.serverNoTakeover || !offer.serverNoTakeover) &&
    (offer.serverBits === undefined || (answer.serverBits ?? 15) <= offer.serverBits) &&
    (answer.clientBits === undefined || offer.clientBits !== undefined) &&
    (answer.clientBits === undefined || (answer.clientBits ?? 15) <= (offer.clientBits ?? 15))
  );
}

/** What the kit as a server demands of the client, as far as its offer allows it. */
export interface Demand {
  readonly noTakeover: boolean;
  /** 0 for none. */
  readonly windowBits: number;
}

/** The kit's answer to a client's first legal offer, with as much of the demand as that allows; null to decline. */
export function answerOffers(
  offered: string | null,
  demand: Demand,
): { readonly header: string; readonly parameters: DeflateParameters } | null {
  const offers = offered === null ? [] : (parseExtensions(offered) ?? []);
  const [offer] = offers.flatMap((extension) => readFields(extension, true) ?? []);
  if (offer === undefined) return null;
  const answer: DeflateFields = {
    serverNoTakeover: offer.serverNoTakeover,
    clientNoTakeover: demand.noTakeover && offer.clientNoTakeover,
    serverBits: offer.serverBits,
    clientBits:
      demand.windowBits > 0 && offer.clientBits !== undefined
        ? Math.min(demand.windowBits, offer.clientBits ?? 15)
        : undefined,
  };
  return { header: formatAnswer(answer), parameters: agreed(answer) };
}

function formatAnswer(answer: DeflateFields): string {
  return [
    DEFLATE,
    ...(answer.serverNoTakeover ? ["server_no_context_takeover"] : []),
    ...(answer.clientNoTakeover ? ["client_no_context_takeover"] : []),
    ...(answer.serverBits === undefined ? [] : [`server_max_window_bits=${answer.serverBits}`]),
    ...(typeof answer.clientBits === "number" ? [`client_max_window_bits=${answer.clientBits}`] : []),
  ].join("; ");
}
