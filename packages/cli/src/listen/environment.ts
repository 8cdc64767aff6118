import type { WebSocketConnection } from "@plyws/node";
import type { Visitor } from "./visitor.ts";

/**
 * The environment of a program that serves one connection: that of CGI (RFC 3875), as websocketd gives it, on top of
 * our own. Whatever of it a client chooses is in variables whose names it cannot choose.
 */
export function environmentOf(
  { data: { id, request }, subprotocol }: Pick<WebSocketConnection<Visitor>, "data" | "subprotocol">,
  own: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { url, method, headers, origin, remoteAddress, secure, message } = request;
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  const { hostname, port } = hostOf(headers.get("host") ?? "");
  return {
    // What looks as if a client had sent it must have come from one.
    ...Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith("HTTP_"))),
    ...headerVariables(headers),
    GATEWAY_INTERFACE: "CGI/1.1",
    SERVER_SOFTWARE: "plyws",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_NAME: hostname,
    SERVER_PORT: port === "" ? (secure ? "443" : "80") : port,
    REQUEST_METHOD: method,
    REQUEST_URI: url,
    SCRIPT_NAME: "",
    PATH_INFO: decodePath(path),
    QUERY_STRING: query,
    REMOTE_ADDR: remoteAddress,
    REMOTE_HOST: remoteAddress,
    REMOTE_PORT: `${message?.socket.remotePort ?? ""}`,
    ORIGIN: origin ?? "",
    SUBPROTOCOL: subprotocol,
    UNIQUE_ID: `${process.pid}-${id}`,
  };
}

/**
 * RFC 3875 section 4.1.18: HTTP_ and the name in capitals with "_" for "-". Left out are names by which another field
 * could pass for this one (a_b for a-b), and Proxy: as HTTP_PROXY it would tell programs where to send their requests.
 */
function headerVariables(headers: Iterable<readonly [name: string, value: string]>): NodeJS.ProcessEnv {
  const variables = new Map<string, string>();
  for (const [name, value] of headers) {
    if (!/^[a-z\d-]+$/i.test(name) || name.toLowerCase() === "proxy") continue;
    const variable = `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
    const before = variables.get(variable);
    // RFC 9110 section 5.3: fields of one name are one list.
    variables.set(variable, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(variables);
}

function hostOf(host: string): { hostname: string; port: string } {
  const [, hostname = host, port = ""] = /^(.*?)(?::(\d+))?$/s.exec(host) ?? [];
  return { hostname, port };
}

/** RFC 3875 section 4.1.5: PATH_INFO is decoded. A variable cannot hold NUL; what cannot be decoded stays as it is. */
function decodePath(path: string): string {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes("\0") ? path : decoded;
  } catch {
    return path;
  }
}
