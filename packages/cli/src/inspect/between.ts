import { MAX_TIME } from "../shared/arguments.ts";
import { readTls, readUrl } from "../shared/client.ts";
import { Exit, Failure, Mistake } from "../shared/exit.ts";
import { explain, explainPort } from "../shared/explain.ts";
import type { Io } from "../shared/io.ts";
import { Output } from "../shared/output.ts";
import type { InspectArguments } from "./options.ts";
import { InspectingProxy } from "./proxy.ts";
import { jsonFrameView, linesView } from "./view.ts";

const HOST = "127.0.0.1";
const TIMEOUT = 10_000;

const OWN_FLAGS: readonly string[] = ["listen", "to", "host", "json", "insecure", "ca", "timeout"];

/** Stands between a client and a server, and shows the frames. Ends by Ctrl-C. */
export async function inspectBetween(given: InspectArguments, io: Io): Promise<number> {
  const port = given.whole("listen", 0, 65_535);
  const to = given.text("to");
  if (port === undefined || to === undefined) throw new Mistake("--listen and --to belong together.");
  given.none();
  for (const name of given.names) {
    if (!OWN_FLAGS.includes(name)) throw new Mistake(`--${name} is not for --listen.`);
  }
  const url = readUrl(to);
  const host = given.text("host") ?? HOST;
  const output = new Output(io.stdout, io.env);
  const json = given.has("json");
  const proxy = new InspectingProxy(
    { url, tls: readTls(given), timeout: given.whole("timeout", 1, MAX_TIME) ?? TIMEOUT },
    output,
    (id) => (json ? jsonFrameView(id) : linesView(output.paint, id)),
    (error) => explain(error, url),
  );
  const opened = await proxy.listen(port, host).catch((error: unknown) => {
    throw new Failure(Exit.NoConnection, explainPort(error, port, host));
  });
  const place = `ws://${host.includes(":") ? `[${host}]` : host}:${opened}${url.pathname}${url.search}`;
  io.stderr.write(`Clients connect to ${place}, which leads to ${url.host}. Ctrl-C ends it.\n`);
  await Promise.race([aborted(io.signal), aborted(output.gone)]);
  await proxy.close();
  return Exit.Ok;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
}
