// @ts-nocheck: the types of Deno are not installed
// An echo server of Deno. It prints its address and ends with its standard input.
Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(`ws://127.0.0.1:${port}`) },
  (request) => {
    try {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.binaryType = "arraybuffer";
      socket.addEventListener("message", ({ data }) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(data);
      });
      socket.addEventListener("error", () => {});
      return response;
    } catch {
      return new Response(null, { status: 400 });
    }
  },
);
for await (const _ of Deno.stdin.readable);
Deno.exit();
