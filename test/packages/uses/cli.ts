import { Writable } from "node:stream";
import { type Io, run } from "@plyws/cli";

async function mistake(): Promise<void> {
  const stderr = new Writable({
    write(text, _, done) {
      console.log(String(text).includes("See --help")); // → true
      done();
    },
  });
  const io: Partial<Io> = { stderr };
  console.log(await run(["conect"], io)); // → 2
}

void mistake();
