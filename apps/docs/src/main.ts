// Serves the built site on this machine, until Ctrl-C.
import { join } from "node:path";
import { site } from "./packages.ts";
import { serve } from "./serve.ts";

const [port = "9003"] = process.argv.slice(2);
if (!/^\d{1,5}$/.test(port)) {
  console.error(`A port is a number, such as 9004, not ${port}: npm run docs -- 9004`);
  process.exit(2);
}
const server = serve(join(site, "dist"));
server.on("error", (error) => {
  console.error(
    `The documentation cannot be served at port ${port}: ${error.message}. Give another: npm run docs -- 9004`,
  );
  process.exitCode = 1;
});
server.listen(Number(port), "127.0.0.1", () =>
  console.log(`The documentation: http://127.0.0.1:${port}/\nCtrl-C ends it.`),
);
