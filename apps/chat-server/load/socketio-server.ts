// The same rooms on socket.io: the same storage, an acknowledgement when it is stored, and its own rooms to tell all.
import { createServer } from "node:http";
import { parseId } from "@plyws/rooms";
import { Server } from "socket.io";
import { SqliteStore } from "../src/storage/sqlite/store.ts";

const [data = ""] = process.argv.slice(2);
const store = new SqliteStore(data);
const http = createServer();
const io = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  maxHttpBufferSize: 2 ** 20,
});

interface Sent {
  readonly id: string;
  readonly room: string;
  readonly text: string;
}

io.on("connection", (socket) => {
  const from = { id: socket.id, name: socket.id };
  socket.on("join", async (room: string) => {
    await socket.join(room);
    socket.emit("joined", { room });
  });
  socket.on("send", async ({ id, room, text }: Sent) => {
    const entry = { type: "message", room, id, from, text };
    const { id: seq } = await store.messages.append(room, JSON.stringify(entry), `${from.id}/${id}`);
    const at = parseId(seq)?.time ?? 0;
    socket.emit("ack", { id, room, seq, at });
    io.to(room).emit("message", { seq, at, ...entry });
  });
});

http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  const port = typeof address === "object" ? address?.port : 0;
  process.stdout.write(`  socket  ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket\n`);
});
