import { setTimeout as delay } from "node:timers/promises";
import type { Contender } from "../contenders.ts";
import type { IdlePlan } from "../plans.ts";
import type { Cores } from "../process/cores.ts";
import { ServerProcess, serverPlan, startLoad } from "../processes.ts";
import { drawBars } from "../report/bars.ts";
import type { Report } from "../report/report.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { message } from "../scenarios.ts";
import { median } from "../statistics.ts";
import { figures, present, type Results, runInTurn } from "./runs.ts";

/** How many messages each connection echoes before it counts as used. */
const MESSAGES = 4;
const KEEPING = { serverNoContextTakeover: false, clientNoContextTakeover: false };
const NONE_KEPT = { serverNoContextTakeover: true, clientNoContextTakeover: true };
const NARROW = { serverMaxWindowBits: 12, clientMaxWindowBits: 12 };

/** Settings of permessage-deflate by what they amount to, in the names of each server that knows them. */
const SETTINGS: readonly { name: string; settings: Readonly<Record<string, boolean | object>> }[] = [
  { name: "on, with the defaults", settings: { plyws: true, ws: true, bun: true } },
  { name: "no context kept", settings: { plyws: NONE_KEPT, ws: NONE_KEPT } },
  {
    name: "contexts kept, 12 bits",
    settings: { plyws: { ...KEEPING, ...NARROW, maxContextMemory: 1e12 }, ws: NARROW },
  },
  { name: "contexts kept, 15 bits", settings: { plyws: { ...KEEPING, maxContextMemory: 1e12 }, ws: {} } },
];

/** How many connections, how long a server is left alone before it is looked at (milliseconds), and how often. */
export interface MemoryPace {
  readonly connections: number;
  readonly settle: number;
  readonly repetitions: number;
}

/** Resident memory of a server for each connection, in octets. */
export interface Retained {
  /** When it was opened. */
  readonly fresh: number;
  /** After a few messages of 1 KiB. */
  readonly used: number;
  /** After a message of 64 KiB. */
  readonly afterBurst: number;
  /** While the first fragment of a message is there, of 1 KiB. */
  readonly openFragment: number;
}

/** Tells what connections cost in memory, and what they keep. */
export async function memory(
  contenders: readonly Contender[],
  pace: MemoryPace,
  cores: Cores | null,
): Promise<Report> {
  const off = {
    name: "off",
    settings: Object.fromEntries(contenders.map(({ library }) => [library, false])),
  };
  const settings = [off, ...SETTINGS];
  const trials = settings.map((setting) => ({
    name: `permessage-deflate ${setting.name}`,
    contenders: contenders.filter(({ library }) => library in setting.settings),
    run: (contender: Contender) => retained(contender, setting.settings[contender.library]!, pace, cores),
  }));
  const { results, failures } = await runInTurn(trials, pace.repetitions);
  const rows = settings.flatMap(({ name }, index) =>
    contenders.flatMap((contender) =>
      results[index]!.has(contender.name)
        ? [[`${name}: ${contender.name}`, ...cells(results[index]!, contender)]]
        : [],
    ),
  );
  const columns = ["fresh", "used", "after a burst", "with an open fragment"];
  return {
    name: "memory",
    title: "Memory of a connection",
    text: [
      `Resident memory of the server for each of ${pace.connections} connections, in KB of 1000 octets, after ${pace.settle / 1000} s of rest; medians of ${pace.repetitions}.`,
      `Used: ${MESSAGES} messages of 1 KiB echoed. After a burst: then one of 64 KiB. Open fragment: then 1 KiB of a message that does not end.`,
      formatTable(["permessage-deflate", ...columns], rows),
    ].join("\n\n"),
    data: {
      pace,
      settings: settings.map(({ name }, index) => ({ name, runs: Object.fromEntries(results[index]!) })),
    },
    charts: { "memory.svg": drawMemory(contenders, results[0]!) },
    failures,
  };
}

const FIGURES: readonly ((retained: Retained) => number)[] = [
  ({ fresh }) => fresh,
  ({ used }) => used,
  ({ afterBurst }) => afterBurst,
  ({ openFragment }) => openFragment,
];

function medians(results: Results<Retained>, contender: Contender): number[] {
  return FIGURES.map((figure) => median(present(figures(results, contender.name, figure))) / 1000);
}

function cells(results: Results<Retained>, contender: Contender): string[] {
  return medians(results, contender).map(formatNumber);
}

function drawMemory(contenders: readonly Contender[], results: Results<Retained>): string {
  const panel = (name: string, index: number): { name: string; bars: { name: string; value: number }[] } => ({
    name,
    bars: contenders.map((contender) => ({
      name: contender.name,
      value: medians(results, contender)[index] ?? Number.NaN,
    })),
  });
  const subtitle = "KB of resident memory for each connection, without compression; shorter is better";
  return drawBars("Memory of an idle connection", subtitle, [panel("fresh", 0), panel("used", 1)]);
}

async function retained(
  contender: Contender,
  perMessageDeflate: boolean | object,
  { connections, settle }: MemoryPace,
  cores: Cores | null,
): Promise<Retained> {
  const compressed = perMessageDeflate !== false;
  const plan: IdlePlan = { kind: "idle", compressed };
  const small = message(1024, { text: true, compressed });
  // As it is, whatever was negotiated: a compressed one would have to keep to the window of each setting.
  const large = message(65_536);
  const floor = { requestSize: small.size + 8, size: small.size, text: true, closing: false };
  const server = await ServerProcess.start(
    contender,
    { ...serverPlan(contender, plan), perMessageDeflate, floor },
    cores,
  );
  try {
    const load = await startLoad(server, plan, cores);
    try {
      const rest = async (): Promise<number> => {
        await delay(settle);
        return (await server.usage()).rss;
      };
      // What the first connections load belongs to the process.
      await load.ask({ open: Math.min(200, connections) });
      await load.ask({ use: small, times: MESSAGES });
      await load.ask({ drop: true });
      const before = await rest();
      await load.ask({ open: connections });
      const fresh = await rest();
      await load.ask({ use: small, times: MESSAGES });
      const used = await rest();
      await load.ask({ use: large, times: 1 });
      const afterBurst = await rest();
      await load.ask({ begin: small });
      const openFragment = await rest();
      const each = (rss: number): number => (rss - before) / connections;
      return {
        fresh: each(fresh),
        used: each(used),
        afterBurst: each(afterBurst),
        // The floor does not know that it is one.
        openFragment: contender.echoes ? each(openFragment) : Number.NaN,
      };
    } finally {
      load.stop();
    }
  } finally {
    await server.stop();
  }
}
