// Several processes of one server on one port: `node cluster.js <plan> <server.js> <processes> [cores]`.

import { spawnSync } from "node:child_process";
import cluster from "node:cluster";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { listening } from "./plan.js";

const [plan = "", server = "", processes = "1", cores = ""] = process.argv.slice(2);
const exec = fileURLToPath(new URL(server, import.meta.url));
cluster.setupPrimary({ exec, args: [plan], silent: true });

const onCores = cores === "" ? [] : cores.split(",");
const workers = Array.from({ length: Number(processes) }, (_, index) => {
  const worker = cluster.fork();
  const core = onCores[index % onCores.length];
  if (core !== undefined) spawnSync("taskset", ["-cp", core, String(worker.process.pid)]);
  worker.process.stderr?.pipe(process.stderr);
  return worker;
});
const ports = await Promise.all(
  workers.map(async ({ process: { stdout } }) => {
    const [line] = stdout === null ? [] : await once(stdout, "data");
    return JSON.parse(String(line)).port;
  }),
);
if (new Set(ports).size !== 1)
  throw new Error(`The processes listen on different ports: ${ports.join(", ")}`);
listening(ports[0], [process.pid, ...workers.map((worker) => worker.process.pid ?? 0)]);
