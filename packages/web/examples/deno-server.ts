// @ts-nocheck: the types of Deno are not installed here
// An echo server on the raw TCP of Deno: deno run --allow-net deno-server.ts 9001
import { acceptWebSocket } from "@plyws/web";

const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(Deno.args[0] ?? 9001) });
console.log(`ws://127.0.0.1:${listener.addr.port}`);

for (;;) {
  try {
    void echo(await listener.accept());
  } catch (error) {
    // A client that is gone before it was accepted makes `accept` fail: in a `for await` over the listener that would end
    // the program.
    if (error instanceof Deno.errors.BadResource) break;
  }
}

async function echo(stream) {
  // A connection of Deno has a `readable` and a `writable`: that is all it takes.
  const socket = await acceptWebSocket(stream, {
    maxMessageSize: 64 * 1024 * 1024,
    request: () => new Response("This is a WebSocket server.\n"),
  });
  // It was something else, and has its answer.
  if (socket === null) return;
  // To await `sendAsync` is what holds back a peer that sends and does not read.
  for await (const message of socket) await socket.sendAsync(message);
}
