// @ts-nocheck: the types of Bun are not installed
// An echo server of Bun. It prints its address and ends with its standard input.
const MIB = 2 ** 20;
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response(null, { status: 400 })),
  websocket: {
    perMessageDeflate: true,
    maxPayloadLength: 64 * MIB,
    backpressureLimit: 128 * MIB,
    message: (socket, data) => void socket.send(data),
  },
});
console.log(`ws://127.0.0.1:${server.port}`);
process.stdin.on("end", () => process.exit()).resume();
