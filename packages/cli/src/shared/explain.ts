import { STATUS_CODES } from "node:http";
import { CloseCode, type CloseInfo, type CloseRecord, ResponseError } from "@plyws/node";
import { printable } from "./escape.ts";

/** The errors of certificates that mean: nobody whom we trust vouches for it. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/** Why there is no connection, in words, and what may help: one printable text. */
export function explain(error: unknown, url: URL): string {
  const { host, hostname } = url;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ResponseError) return explainResponse(error, host);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `${host} did not answer in time: ${printable(message)}. --timeout gives it longer.`;
  }
  if (UNTRUSTED.has(code)) {
    return `Nobody vouches for the certificate of ${host} (${code}). --ca names a file that does, --insecure takes any.`;
  }
  switch (code) {
    case "ECONNREFUSED":
      return `Nothing listens at ${host}: the connection was refused.`;
    case "ENOTFOUND":
      return `There is no host named ${hostname}.`;
    case "EAI_AGAIN":
      return `The name ${hostname} cannot be looked up at the moment.`;
    case "ECONNRESET":
    case "EPIPE":
      return `${host} broke the connection off before it answered.`;
    case "CERT_HAS_EXPIRED":
      return `The certificate of ${host} has expired. --insecure takes it all the same.`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `The certificate is not one for ${hostname}: ${printable(message)}. --insecure takes it all the same.`;
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return `${host} does not seem to speak TLS: is it ws:// instead of wss://? (${code})`;
    default:
      return `No connection to ${host}: ${printable(message)}${code === "" || message.includes(code) ? "" : ` (${code})`}`;
  }
}

/** The error of Node that is behind it: several addresses of a host give an AggregateError. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : "";
}

function explainResponse({ status, body, message, headers }: ResponseError, host: string): string {
  // It tells which rule the answer breaks.
  if (status === 0 || status === 101) return printable(message);
  // RFC 9112 section 4: reason phrases are of no meaning, so these are ours.
  const text = `${host} answered ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
  const first = body.trimStart().split(/[\r\n]/, 1)[0] ?? "";
  const said = first === "" ? "" : `: ${printable(first).slice(0, 200)}`;
  const location = headers.get("location");
  const whereTo =
    status >= 300 && status < 400 && location !== null ? `\nIt points to ${printable(location)}` : "";
  return `${text}${said}${whereTo}${adviceOn(status)}`;
}

function adviceOn(status: number): string {
  if (status === 401)
    return '\n--header "Authorization: …" may help, or a user name and password in the URL.';
  if (status === 403) return "\nSome servers let in certain pages only: --origin names one.";
  return status === 404 || status === 426 || status === 200 ? "\nIs there a WebSocket behind this path?" : "";
}

/** Why a port cannot be opened. */
export function explainPort(error: unknown, port: number, host: string): string {
  const code = codeOf(error);
  if (code === "EADDRINUSE")
    return `Port ${port} of ${host} is taken: --port chooses another, 0 any free one.`;
  if (code === "EACCES") return `Port ${port} needs more rights than you have: --port chooses another.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `This machine has no address ${host}.`;
  return `Cannot listen on ${host}, port ${port}: ${error instanceof Error ? error.message : String(error)}`;
}

/** How a connection ended, in one printable line. */
export function describeClose({ received, sent, clean, error, initiator }: CloseRecord): string {
  const why = error === null ? "" : `: ${printable(error.message)}`;
  if (error !== null && initiator === "local") return `The connection failed${why}`;
  if (!clean) {
    const silence = sent !== null && initiator === "local" ? ": the peer did not answer the Close frame" : "";
    return `The connection was lost without a closing handshake${why === "" ? silence : why}`;
  }
  return initiator === "local" ? `Closed: ${inWords(sent)}` : `Closed by the peer: ${inWords(received)}`;
}

function inWords(close: CloseInfo | null): string {
  const { code, reason } = close ?? { code: CloseCode.NoCode, reason: "" };
  const words = code === CloseCode.NoCode ? "no code" : `${code}`;
  return reason === "" ? words : `${words} ${printable(reason)}`;
}
