import { CloseCode } from "@plyws/frame";
import { checkClose } from "./arguments.ts";
import { toDictionary, toEnforcedShort, toUsvString } from "./convert.ts";
import { expose } from "./expose.ts";

/** How a {@link WebSocketStream} is closed, or was. */
export interface WebSocketCloseInfo {
  /** To close: 1000, or 3000 to 4999; without it the Close frame has no code. At the end: the code of the peer. */
  readonly closeCode?: number | undefined;
  /** At most 123 octets of UTF-8. With a reason and no code, the code is 1000. Default "". */
  readonly reason?: string | undefined;
}

/** Makes the error of a connection that failed; its code need not be one that can be sent. Not public. */
export let failure: (message: string, closeCode: number | null, cause: unknown) => WebSocketError;

/**
 * What a {@link WebSocketStream} fails with. Given to `cancel` or `abort` of its streams, it says with which close
 * code and reason to close.
 *
 * @example
 * ```ts
 * await writer.abort(new WebSocketError("no longer needed", { closeCode: 3000, reason: "done" }));
 * ```
 */
export class WebSocketError extends DOMException {
  #closeCode: number | null;
  readonly #reason: string;

  static {
    expose("WebSocketError", this);
    failure = (message, closeCode, cause) => {
      const error = new this(message);
      error.#closeCode = closeCode;
      return Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
    };
  }

  /**
   * @throws DOMException "InvalidAccessError" or "SyntaxError" when the code or the reason cannot be sent
   * @throws TypeError when the code is not from 0 to 65535
   */
  constructor(message = "", init: WebSocketCloseInfo = {}) {
    super(message, "WebSocketError");
    const { code, reason } = closeInfoOf(init);
    this.#closeCode = code === null && reason !== "" ? CloseCode.Normal : code;
    this.#reason = reason;
  }

  /** `null` when there is none. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  get reason(): string {
    return this.#reason;
  }
}

/** The dictionary WebSocketCloseInfo, checked. */
export function closeInfoOf(init: unknown): { code: number | null; reason: string } {
  const { closeCode, reason: text } = toDictionary(init);
  const code = closeCode === undefined ? null : toEnforcedShort(closeCode);
  const reason = text === undefined ? "" : toUsvString(text);
  checkClose(code, reason);
  return { code, reason };
}
