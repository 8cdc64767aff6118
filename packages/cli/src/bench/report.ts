import { printable, toJsonLine } from "../shared/escape.ts";
import type { Paint } from "../shared/paint.ts";
import type { Result } from "./load.ts";
import type { Load } from "./options.ts";

const SHARES = [
  ["p50", 0.5],
  ["p90", 0.9],
  ["p99", 0.99],
] as const;

/** What came of a load, for people. */
export function toTable(url: URL, load: Load, result: Result, paint: Paint): string {
  const { sent, echoed, wrong, missing, elapsed, latency, errors } = result;
  const { messagesPerSecond, octetsPerSecond } = ratesOf(load, result);
  const times = [
    ...SHARES.map(([name, share]) => [name, latency.quantile(share)] as const),
    ["max", latency.max] as const,
  ];
  const bad = wrong + missing;
  const rows: readonly (readonly [string, string])[] = [
    ["echoes", `${echoed} of ${sent} messages in ${(elapsed / 1000).toFixed(2)} s`],
    ["rate", `${Math.round(messagesPerSecond)} messages/s, ${inUnits(octetsPerSecond)}/s each way`],
    ["latency", times.map(([name, value]) => `${name} ${value.toFixed(2)} ms`).join(", ")],
    ["errors", bad === 0 ? "none" : paint("red", `${wrong} echoes wrong, ${missing} missing`)],
    ...Array.from(errors, ([text, count]) => ["", `${count} × ${printable(text)}`] as const),
  ];
  const what = `${count(load.connections, "connection")}, ${load.inFlight} in flight on each, ${count(load.size, "octet")} ${load.binary ? "binary" : "of text"}`;
  const head = `${paint("bold", printable(`${url.host}${url.pathname}`))}: ${what}`;
  return `${head}\n${rows.map(([name, text]) => `  ${name.padEnd(8)} ${text}\n`).join("")}`;
}

/** What came of a load, for programs. */
export function toJson(url: URL, load: Load, result: Result): string {
  const { sent, echoed, wrong, missing, elapsed, latency, errors } = result;
  const { connections, size, inFlight, rate, binary } = load;
  return toJsonLine({
    type: "bench",
    url: `${url.origin}${url.pathname}`,
    connections,
    size,
    inFlight,
    rate,
    binary,
    sent,
    echoed,
    wrong,
    missing,
    milliseconds: elapsed,
    ...ratesOf(load, result),
    latency: {
      ...Object.fromEntries(SHARES.map(([name, share]) => [name, latency.quantile(share)])),
      max: latency.max,
    },
    errors: Array.from(errors, ([text, times]) => ({ text, times })),
  });
}

function ratesOf(
  { size }: Load,
  { echoed, elapsed }: Result,
): { messagesPerSecond: number; octetsPerSecond: number } {
  const messagesPerSecond = elapsed > 0 ? (echoed * 1000) / elapsed : 0;
  return { messagesPerSecond, octetsPerSecond: messagesPerSecond * size };
}

const count = (number: number, unit: string): string => `${number} ${unit}${number === 1 ? "" : "s"}`;

function inUnits(octets: number): string {
  if (octets < 2 ** 10) return `${Math.round(octets)} B`;
  return octets < 2 ** 20 ? `${(octets / 2 ** 10).toFixed(1)} KiB` : `${(octets / 2 ** 20).toFixed(1)} MiB`;
}
