import { networkInterfaces } from "node:os";

/** Where a server can be reached: at the URL, and at all addresses of this machine if it listens on them all. */
export function urlsOf(url: string, host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [url];
  const { port } = new URL(url);
  const addresses = Object.values(networkInterfaces())
    .flatMap((ofOne) => ofOne ?? [])
    // Addresses of a link need the name of it, which a URL cannot have.
    .filter(
      ({ internal, family, address }) =>
        !internal && !address.startsWith("fe80:") && (host === "::" || family === "IPv4"),
    );
  return [
    url,
    ...addresses.map(
      ({ address, family }) => `ws://${family === "IPv6" ? `[${address}]` : address}:${port}/`,
    ),
  ];
}
