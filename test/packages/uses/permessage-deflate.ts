import { ClientDeflate, type DeflateEngine, ServerDeflate } from "@plyws/permessage-deflate";
import { zlibEngine } from "@plyws/permessage-deflate/node";
import { portableEngine } from "@plyws/permessage-deflate/portable";

const engines: DeflateEngine[] = [zlibEngine(), portableEngine()];
for (const engine of engines) {
  const client = new ClientDeflate({ engine });
  const server = new ServerDeflate({ engine }).accept(client.offers);
  console.log(server?.extension.name);
}
// → permessage-deflate
// → permessage-deflate
