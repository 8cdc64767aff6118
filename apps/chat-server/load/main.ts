// Measures one chat server with thousands of clients, and the same rooms on socket.io in the same run.
//
//   npm run build
//   node apps/chat-server/load/main.ts [clients] [rooms]
//
// Linux only: it reads what the system says of the servers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Dialect, LoadPeer, PLYWS, SOCKETIO } from "./peers.ts";

const [clients = 5000, rooms = 50] = process.argv.slice(2).map(Number);
const RATES = [100, 250, 500];
const SECONDS = 10;
const AT_ONCE = 50;
/** One in so many clients measures how long messages take. */
const MEASURES = 10;
const TICKS_PER_SECOND = 100;

interface Row {
  readonly server: string;
  readonly rate: number;
  readonly deliveredPerSecond: number;
  readonly missing: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of CPU time of the server for one delivery. */
  readonly cpu: number;
  /** MiB. */
  readonly rss: number;
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function programOf(dialect: Dialect, data: string): string[] {
  if (dialect === SOCKETIO) return [path("socketio-server.ts"), data];
  const none = ["--rate", "--address-rate", "--address-connections"].flatMap((limit) => [limit, "0"]);
  return [path("../dist/main.js"), "--port", "0", "--data", data, "--log-level", "warn", ...none];
}

async function measure(dialect: Dialect): Promise<Row[]> {
  const data = mkdtempSync(join(tmpdir(), "plyws-load-"));
  const server = spawn(process.execPath, programOf(dialect, data), { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let printed = "";
    while (!/socket +\S+\n/.test(printed)) printed += String((await once(server.stdout, "data"))[0]);
    const url = /socket +(\S+)\n/.exec(printed)?.[1] ?? "";
    return await drive(dialect, url, server.pid ?? 0);
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
    rmSync(data, { recursive: true, force: true });
  }
}

async function drive(dialect: Dialect, url: string, pid: number): Promise<Row[]> {
  let times: number[] = [];
  const peers: LoadPeer[] = [];
  for (let first = 0; first < clients; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, clients - first) }, (_, offset) => {
      const index = first + offset;
      const measured = Math.floor(index / rooms) % MEASURES === 0 ? (time: number) => times.push(time) : null;
      return LoadPeer.enter(url, dialect, index, `room-${index % rooms}`, measured);
    });
    peers.push(...(await Promise.all(some)));
  }
  console.error(`${dialect.name}: ${peers.length} clients in ${rooms} rooms`);
  await pause(2000);
  const rows: Row[] = [];
  for (const rate of RATES) {
    times = [];
    const before = { received: sum(peers), cpu: cpuOf(pid) };
    const begin = performance.now();
    let sent = 0;
    while (performance.now() - begin < SECONDS * 1000) {
      const due = ((performance.now() - begin) / 1000) * rate;
      for (; sent < due; sent++) peers[(sent * 7919) % peers.length]?.send();
      await pause(5);
    }
    await settled(peers);
    const delivered = sum(peers) - before.received;
    const sorted = Float64Array.from(times).toSorted();
    rows.push({
      server: dialect.name,
      rate,
      deliveredPerSecond: Math.round(delivered / SECONDS),
      missing: sent * (clients / rooms) - delivered,
      p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      cpu: ((cpuOf(pid) - before.cpu) * 1e6) / delivered,
      rss: rssOf(pid),
    });
    console.error(JSON.stringify(rows.at(-1)));
    await pause(1000);
  }
  for (const peer of peers) peer.leave();
  return rows;
}

/** Waits until nothing has come for a second. */
async function settled(peers: readonly LoadPeer[]): Promise<void> {
  for (let before = -1, now = sum(peers); now !== before; now = sum(peers)) {
    before = now;
    await pause(1000);
  }
}

function sum(peers: readonly LoadPeer[]): number {
  return peers.reduce((total, { received }) => total + received, 0);
}

/** Seconds of CPU time so far. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

const rows = [...(await measure(PLYWS)), ...(await measure(SOCKETIO))];
const lines = [
  `${clients} clients in ${rooms} rooms, ${clients / rooms} in each; ${SECONDS} s for each row; Node ${process.version}.`,
  "",
  "| messages/s | server | delivered/s | missing | median, ms | p99, ms | CPU, µs/delivery | RSS, MiB |",
  "| ---------: | ------ | ----------: | ------: | ---------: | ------: | ---------------: | -------: |",
  ...RATES.flatMap((rate) =>
    rows
      .filter((row) => row.rate === rate)
      .map(
        ({ server, deliveredPerSecond, missing, p50, p99, cpu, rss }) =>
          `| ${rate} | ${server} | ${deliveredPerSecond} | ${missing} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${cpu.toFixed(2)} | ${rss.toFixed(0)} |`,
      ),
  ),
];
writeFileSync(path("results.md"), `# Load\n\n${lines.join("\n")}\n`);
console.log(lines.join("\n"));
process.exit();
