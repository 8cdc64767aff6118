import type { CloseRecord, WebSocketConnection } from "@plyws/node";
import { printable, toJsonLine } from "../shared/escape.ts";
import { describeClose } from "../shared/explain.ts";
import type { Output } from "../shared/output.ts";
import type { Visitor } from "./visitor.ts";

/** What the server tells about itself. */
export class ListenLog {
  readonly #output: Output;
  readonly #json: boolean;
  readonly #quiet: boolean;

  constructor(output: Output, { json, quiet }: { json: boolean; quiet: boolean }) {
    this.#output = output;
    this.#json = json;
    this.#quiet = quiet;
  }

  /** The server is there: told even if it is to be quiet. */
  listening(urls: readonly string[], what: string): void {
    const url = urls.join(" ");
    if (this.#json) this.#output.log(event("listening", { urls }));
    else
      this.#output.log(
        `${this.#output.paint("bold", `Listening on ${url}`)}: ${printable(what)}. Ctrl-C ends it.`,
      );
  }

  open({ data: { id }, url, remoteAddress, subprotocol }: WebSocketConnection<Visitor>): void {
    this.#tell(
      event("open", { id, url, remoteAddress, subprotocol }),
      id,
      `from ${remoteAddress} for ${url}`,
    );
  }

  close({ data: { id } }: WebSocketConnection<Visitor>, record: CloseRecord): void {
    const { code, reason, clean, error } = record;
    this.#tell(
      event("close", { id, code, reason, clean, error: error?.message ?? null }),
      id,
      describeClose(record),
    );
  }

  problem(id: number, text: string): void {
    this.#tell(event("problem", { id, text }), id, text);
  }

  refused(origin: string): void {
    const text = `Refused a page of ${printable(origin)}: --origin lets it in`;
    this.#write(event("refused", { origin }), text);
  }

  #tell(json: string, id: number, text: string): void {
    this.#write(json, `${this.#output.paint("dim", `#${id}`)} ${printable(text)}`);
  }

  #write(json: string, text: string): void {
    if (!this.#quiet) this.#output.log(this.#json ? json : text);
  }
}

function event(type: string, details: object): string {
  return toJsonLine({ type, time: new Date().toISOString(), ...details });
}
