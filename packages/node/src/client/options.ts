import type { LookupFunction } from "node:net";
import type { HeaderInput } from "../accept.ts";
import type { ClientCompression } from "../compression.ts";
import type { TraceOptions } from "../observe/trace.ts";
import type { ConnectionLimits } from "../options.ts";
import type { TlsSettings } from "./dial.ts";

/** What `connect` can be told. */
export interface ConnectOptions extends ConnectionLimits, TraceOptions {
  /** The largest message that is accepted, in octets. Default 16 MiB. */
  readonly maxMessageSize?: number | undefined;
  /** In order of preference. The one that the server chose is `subprotocol` of the connection. Default none. */
  readonly subprotocols?: readonly string[] | undefined;
  /**
   * Whether to offer the server to compress messages (RFC 7692), with the defaults or other settings: see
   * `@plyws/permessage-deflate`. Default false.
   */
  readonly perMessageDeflate?: boolean | ClientCompression | undefined;
  /** Further header fields, for instance `{ authorization: "Bearer …" }`. Not those that belong to the handshake. */
  readonly headers?: HeaderInput | undefined;
  /** The value of Origin, which servers may ask for. Default none: this is no browser. */
  readonly origin?: string | undefined;
  /** Gives up the opening handshake when it is aborted. Afterwards it has no meaning. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long everything up to the server's answer may take, in milliseconds: name lookup, proxy, TLS and redirects
   * included. Default 10000.
   */
  readonly handshakeTimeout?: number | undefined;
  /** Certificates and other settings of `node:tls`, for `wss:` URLs. What is `undefined` there has Node's default. */
  readonly tls?: TlsSettings | undefined;
  /**
   * The URL of an HTTP proxy, by `http:` or `https:`, with user name and password if it asks for them; or
   * "environment" for what `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` say. Default none: the environment
   * is not looked at.
   */
  readonly proxy?: string | URL | undefined;
  /** Certificates and other settings of `node:tls` for a proxy by `https:`. `tls` is not used for it. */
  readonly proxyTls?: TlsSettings | undefined;
  /**
   * The path of a Unix domain socket, or of a named pipe of Windows, that is connected to instead of the host of the
   * URL. The URL still says what to ask for, and whether to use TLS. Not together with `proxy`.
   */
  readonly socketPath?: string | undefined;
  /**
   * How many redirects are followed (301, 302, 303, 307 and 308 with a Location). Never from TLS to a server without
   * it; a server of another origin gets no Authorization, Cookie, Proxy-Authorization, user name, password or client
   * certificate, but all other `headers`. Default 0: a redirect is an error.
   */
  readonly maxRedirects?: number | undefined;
  /**
   * Takes the place of `dns.lookup`, also to refuse addresses by an error. It is asked about addresses too, and at
   * every redirect. With a proxy it is asked about the proxy alone: that is who looks the server up.
   */
  readonly lookup?: LookupFunction | undefined;
}
