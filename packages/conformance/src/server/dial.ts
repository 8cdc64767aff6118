import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";

/** Where a server is, and what a request to it looks like. */
export interface Target {
  readonly url: URL;
  /** Further lines of every request, such as "Authorization: …". */
  readonly headers: readonly string[];
  /** Whether a certificate that nobody vouches for is taken. */
  readonly insecure: boolean;
}

/** An open TCP or TLS connection. @throws Error when there is none after `timeout` milliseconds */
export async function dial({ url, insecure }: Target, timeout: number): Promise<Duplex> {
  const secure = url.protocol === "wss:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || (secure ? 443 : 80));
  const socket = secure
    ? connectTls({
        host,
        port,
        servername: /^[\d.]+$|:/.test(host) ? "" : host,
        rejectUnauthorized: !insecure,
      })
    : connectTcp({ host, port });
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => socket.destroy(new Error(`no connection to ${url.host} within ${timeout} ms`)),
      timeout,
    );
    const failed = (error: Error): void => {
      clearTimeout(late);
      reject(new Error(`cannot connect to ${url.host}: ${error.message}`, { cause: error }));
    };
    socket.once("error", failed);
    socket.once(secure ? "secureConnect" : "connect", () => {
      clearTimeout(late);
      socket.off("error", failed);
      resolve(socket);
    });
  });
}
