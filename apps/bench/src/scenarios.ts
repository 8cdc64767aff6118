/** One kind of load: every connection keeps `inFlight` messages of `size` octets on their way. */
export interface Scenario {
  readonly name: string;
  readonly size: number;
  readonly text: boolean;
  readonly inFlight: number;
  /** Whether the messages are JSON, and both servers have permessage-deflate switched on. Default no. */
  readonly compressed?: true;
}

export const CONNECTIONS = 64;

export const SCENARIOS: readonly Scenario[] = [
  { name: "ping-pong, 20 B text", size: 20, text: true, inFlight: 1 },
  { name: "ping-pong, 1 KiB", size: 1024, text: false, inFlight: 1 },
  { name: "ping-pong, 16 KiB", size: 16_384, text: false, inFlight: 1 },
  { name: "ping-pong, 1 MiB", size: 1_048_576, text: false, inFlight: 1 },
  { name: "pipelined, 20 B text", size: 20, text: true, inFlight: 32 },
  { name: "pipelined, 1 KiB", size: 1024, text: false, inFlight: 32 },
  { name: "pipelined, 16 KiB", size: 16_384, text: false, inFlight: 32 },
  { name: "compressed, 64 B of JSON", size: 64, text: true, inFlight: 1, compressed: true },
  { name: "compressed, 1 KiB of JSON", size: 1024, text: true, inFlight: 1, compressed: true },
  { name: "compressed, 16 KiB of JSON", size: 16_384, text: true, inFlight: 1, compressed: true },
];

/** The echo servers that are compared, the other library last. */
export const SERVERS = ["plyws", "ws"] as const;
export type ServerName = (typeof SERVERS)[number];
