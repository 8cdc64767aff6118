import type { FrameFields } from "../wire/frame.ts";
import type { Demand } from "../wire/negotiation.ts";

/** Who is judged. */
export type Role = "client" | "server";

/** Octets: as they are, or a pattern that goes on to a length. */
export type Payload = Uint8Array | { readonly pattern: Uint8Array; readonly length: number };

/** A frame to send. The kit masks it as a client does and a server does not, unless told otherwise. */
export interface CaseFrame extends Omit<FrameFields, "payload"> {
  readonly payload: Payload;
  /** Default "role": as RFC 6455 section 5.1 demands. */
  readonly mask?: "role" | "never" | "always" | undefined;
  /** The masking key, where the frame is masked. Default: a random one. */
  readonly key?: number | undefined;
}

/** What the kit does, in order, until the connection has ended. */
export type Step =
  /** Sends a frame; of its octets only a part if told so, counted in octets of the payload. `from` 0 has the header. */
  | { readonly kind: "frame"; readonly frame: CaseFrame; readonly from?: number; readonly to?: number }
  /** Sends a message: compressed if that was negotiated, in fragments of a size unless that is 0. */
  | {
      readonly kind: "message";
      readonly opcode: number;
      readonly payload: Payload;
      readonly fragment: number;
      readonly compressed: boolean;
    }
  /** Sends messages one after the other, each when the echo of the last is there. Leaves a mark when all were echoed. */
  | { readonly kind: "rounds"; readonly rounds: Rounds; readonly mark: string }
  /**
   * Sends these frames once for each place where their octets can be cut in two, in two writes, and each time waits for
   * these events. Leaves a mark at the end.
   */
  | {
      readonly kind: "every-cut";
      readonly frames: readonly CaseFrame[];
      readonly events: readonly Event[];
      readonly mark: string;
    }
  /** Waits, at most so many milliseconds: for as many events as there should be, or for the end of the time. */
  | { readonly kind: "wait"; readonly ms: number; readonly events?: number; readonly mark?: string }
  /** Ends the kit's half of the stream. */
  | { readonly kind: "end" };

/** Messages that follow one another. */
export interface Rounds {
  readonly opcode: number;
  readonly count: number;
  /** Fragment size, 0 for none. */
  readonly fragment: number;
  readonly compressed: boolean;
  /** The same payload each time, or so many characters (text) or octets of a corpus, each from where the last ended. */
  readonly content: Payload | { readonly corpus: CorpusName; readonly length: number };
}

export type CorpusName = "json" | "bitmap" | "verse" | "html" | "pdf";

/** What the peer does, as far as it is judged. */
export type Event =
  | { readonly kind: "message"; readonly opcode: number; readonly payload: Payload }
  | { readonly kind: "pong"; readonly payload: Payload }
  /** Not of the peer: the kit got so far while the connection was open. */
  | { readonly kind: "mark"; readonly name: string };

/**
 * Who begins to close: the kit, with 1000 as soon as all events are there; the peer, by a Close frame or the end of TCP;
 * or any of them, where only the code can tell.
 */
export type Closer = "kit" | "peer" | "any";

/** How the connection should end. */
export interface Ending {
  readonly by: Closer;
  /** The codes that a Close frame of the peer may have. None at all is always right. */
  readonly codes: readonly number[];
  /** Whether both sides have to have sent a Close frame. */
  readonly clean: boolean;
  /** Whether TCP may stay open, so that the kit has to drop it. */
  readonly drop?: boolean | undefined;
}

/** One way for a case to go. */
export interface Outcome {
  readonly verdict: "OK" | "NON-STRICT" | "INFORMATIONAL";
  /** All of them, in this order, and nothing else. */
  readonly events: readonly Event[];
  readonly ending: Ending;
  /** In words. */
  readonly means: string;
}

interface CaseFields {
  /** Autobahn's number, or "family.number" for what that suite lacks. */
  readonly id: string;
  readonly title: string;
  /** The sections that say so, for instance "RFC 6455 5.5". */
  readonly rule: string;
  /** Why this is expected, in a sentence. */
  readonly why: string;
  /** Who can be judged by it. Default both. */
  readonly judges?: Role | undefined;
  /** It waits for seconds even when all is well. */
  readonly slow?: boolean | undefined;
}

/** A case on an open connection with an endpoint that echoes. */
export interface ConnectionCase extends CaseFields {
  readonly kind: "connection";
  readonly steps: readonly Step[];
  /** How frames become writes: together until something has to be waited for, one by one, or so many octets at a time. */
  readonly delivery: "joined" | "framewise" | { readonly chop: number };
  /** The first one whose events happened is the verdict. */
  readonly outcomes: readonly Outcome[];
  /**
   * What else makes the case fail, not only the verdict on the close: the wrong side began to close, the code was wrong,
   * or TCP ended otherwise.
   */
  readonly fatal: readonly ("side" | "code" | "unclean")[];
  /** Any outcome is fine, and the report tells which it was. */
  readonly informational: boolean;
  /** How long it may take altogether, in milliseconds. */
  readonly limit: number;
  /** permessage-deflate, without which the case cannot run. */
  readonly deflate: DeflateCase | null;
  /** The peer's Close frame is not answered, and it is waited for the end of TCP up to the limit. */
  readonly silent?: boolean | undefined;
  /** Every frame of the peer has to have a masking key of its own. */
  readonly freshKeys?: boolean | undefined;
}

/** How permessage-deflate is negotiated. */
export interface DeflateCase {
  /** What the kit offers as a client. */
  readonly offer: string;
  /** What the kit demands as a server. */
  readonly demand: Demand;
  /** Whether the kit has to be allowed to refer to its earlier messages. Default false. */
  readonly needsTakeover?: boolean | undefined;
}

/** A request for a server that is judged by its answer. */
export interface RequestCase extends CaseFields {
  readonly kind: "request";
  readonly judges: "server";
  readonly request: RequestHead;
  readonly expect: RequestExpectation;
}

/**
 * The head that the kit sends. "{host}", "{target}" and "{key}" stand for what the run has. Characters up to U+00FF are
 * octets.
 */
export interface RequestHead {
  /** Default: GET {target} HTTP/1.1. */
  readonly line?: string | undefined;
  /** Lines that take the place of the usual ones with the same name, none for those that are left out. */
  readonly replace?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Further lines. */
  readonly lines?: readonly string[] | undefined;
  /** How it is written: whole, or octet by octet. */
  readonly chop?: number | undefined;
  /** Whether the first frames come together with the head. */
  readonly early?: boolean | undefined;
}

/** What the server does. */
export interface RequestExpectation {
  /**
   * "accept": 101, and the connection works. "refuse": another status or the end of TCP; with `status` the only one that
   * is strictly right. "either": both are fine, and the report tells which it was.
   */
  readonly answer: "accept" | "refuse" | "either";
  readonly status?: number | undefined;
  /** A header field that the answer has to have, in lower case, and what its value has to contain. */
  readonly field?: readonly [name: string, value: string] | undefined;
  /** Whether the opposite is tolerated, which makes it NON-STRICT. Default false. */
  readonly lenient?: boolean | undefined;
  /** For negotiation: what the extensions of the answer may be. */
  readonly extensions?: ExtensionExpectation | undefined;
  /** The subprotocols one of which may be named. Default none. */
  readonly subprotocols?: readonly string[] | undefined;
}

/** "negotiated": one of the offers is taken. "declined": none may be. "either": both are right. */
export type ExtensionExpectation = "negotiated" | "declined" | "either";

/** A response for a client that is judged by whether it takes it. */
export interface ResponseCase extends CaseFields {
  readonly kind: "response";
  readonly judges: "client";
  readonly response: ResponseHead;
  /** "either": both are fine, and the report tells which it was. */
  readonly answer: "accept" | "refuse" | "either";
  readonly lenient?: boolean | undefined;
  /** The case needs a client that offers permessage-deflate. */
  readonly needsDeflate?: boolean | undefined;
}

/** The head that the kit sends. "{accept}" stands for the right value, "{key}" for the client's key. */
export interface ResponseHead {
  /** Default: HTTP/1.1 101 Switching Protocols. */
  readonly line?: string | undefined;
  readonly replace?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly lines?: readonly string[] | undefined;
  readonly chop?: number | undefined;
}

/** The request of a client is judged by itself. */
export interface ClientRequestCase extends CaseFields {
  readonly kind: "client-request";
  readonly judges: "client";
  /** The check that the request has to pass, by its name. */
  readonly check: ClientRequestCheck;
}

export type ClientRequestCheck =
  | "line"
  | "host"
  | "upgrade"
  | "connection"
  | "key"
  | "version"
  | "fresh-key"
  | "once"
  | "extensions"
  | "subprotocols";

export type Case = ConnectionCase | RequestCase | ResponseCase | ClientRequestCase;

/** Whether a case can judge a peer of this role. */
export function judges(item: Case, role: Role): boolean {
  return item.judges === undefined || item.judges === role;
}
