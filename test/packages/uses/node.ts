import { connect, listen, type WebSocketServer } from "@plyws/node";

async function echo(): Promise<void> {
  const server: WebSocketServer = await listen(
    { host: "127.0.0.1" },
    { message: (socket, data) => socket.send(data) },
  );
  const socket = await connect(server.url);
  socket.send("Hi");
  console.log(await socket.receive()); // → Hi
  socket.close();
  console.log((await socket.closed).clean); // → true
  await server.close();
}

void echo();
