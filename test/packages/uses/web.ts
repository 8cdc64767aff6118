import { type ByteStream, overStreams } from "@plyws/web";

const up = new TransformStream<Uint8Array, Uint8Array>();
const down = new TransformStream<Uint8Array, Uint8Array>();
const near: ByteStream = { readable: down.readable, writable: up.writable };
const far: ByteStream = { readable: up.readable, writable: down.writable };

async function talk(): Promise<void> {
  const client = overStreams(near, { role: "client" });
  const server = overStreams(far, { role: "server" });
  client.send("Hi");
  console.log(await server.receive()); // → Hi
  client.close(1000);
  console.log(await server.receive(), (await client.closed).clean); // → null true
}

void talk();
