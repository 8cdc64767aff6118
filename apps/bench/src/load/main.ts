// One load in a process of its own: `node main.ts <port> <plan> [niceness]`, the plan as JSON. It says when all its
// connections are open, and answers requests on its standard input.
import { setPriority } from "node:os";
import type { LoadPlan, LoadRequest, LoadResult } from "../plans.ts";
import { answerRequests } from "../process/answer.js";
import { BroadcastLoad } from "./broadcast.ts";
import { EchoLoad } from "./echo.ts";
import { HandshakeLoad } from "./handshakes.ts";
import { IdleLoad } from "./idle.ts";
import { LatencyLoad } from "./latency.ts";

type Answer = (request: LoadRequest) => Promise<object>;

const [port = "", plan = "", niceness = "0"] = process.argv.slice(2);
if (niceness !== "0") setPriority(Number(niceness));
answerRequests({}, await start(Number(port), JSON.parse(plan)));

async function start(to: number, wanted: LoadPlan): Promise<Answer> {
  if (wanted.kind === "idle") return holding(new IdleLoad(to, wanted));
  if (wanted.kind === "latency") {
    const load = await LatencyLoad.open(to, wanted);
    return running(async (duration) => {
      const latencies = await load.run(duration);
      return { count: latencies.length, seconds: duration / 1000, latencies };
    });
  }
  if (wanted.kind === "handshakes") {
    const load = new HandshakeLoad(to, wanted);
    return running((duration) => load.run(duration));
  }
  const load = await (wanted.kind === "echo" ? EchoLoad.open(to, wanted) : BroadcastLoad.open(to, wanted));
  return running((duration) => load.run(duration));
}

function running(run: (duration: number) => Promise<Omit<LoadResult, "cpu">>): Answer {
  return async (request) => {
    if (!("run" in request)) throw new TypeError("This load can only run");
    const before = process.cpuUsage();
    const result = await run(request.run);
    const { user, system } = process.cpuUsage(before);
    return { ...result, cpu: user + system } satisfies LoadResult;
  };
}

function holding(load: IdleLoad): Answer {
  return async (request) => {
    if ("open" in request) await load.open(request.open);
    else if ("use" in request) await load.use(request.use, request.times);
    else if ("begin" in request) load.begin(request.begin);
    else if ("drop" in request) load.drop();
    else throw new TypeError("This load cannot run");
    return { count: load.count };
  };
}
