import { Connection, type ConnectionHandler, OctetQueue } from "@plyws/connection";

const wire = new OctetQueue();
const client = new Connection({ role: "client" }, { text() {}, binary() {}, closed() {} }, wire);
const handler: ConnectionHandler = { text: (data) => console.log(data), binary() {}, closed() {} };
const server = new Connection({ role: "server" }, handler, new OctetQueue());
client.sendText("Hi");
for (const octets of wire.take()) server.receive(octets); // → Hi
console.log(server.state); // → open
