// A server of a chat room in a process of its own: what a test kills. Arguments: the URL of Redis.
import { listen } from "@plyws/node";
import { Rooms } from "@plyws/rooms";
import { redisBackplane } from "@plyws/rooms/redis";

const ROOM = "room";

const rooms = new Rooms({
  backplane: await redisBackplane({ url: String(process.argv[2]), heartbeatInterval: 300 }),
  encode: ({ id, data }) => JSON.stringify({ id, text: data }),
});

const server = await listen(
  { host: "127.0.0.1", accept: ({ url }) => ({ data: new URL(url, "ws://room").searchParams }) },
  {
    async open(socket) {
      const after = socket.data.get("after") ?? "";
      try {
        const report = await rooms.join(ROOM, socket, {
          after,
          member: { id: socket.data.get("name") ?? "" },
        });
        socket.send(JSON.stringify({ report }));
      } catch {
        socket.close(1013, "try again");
      }
    },
    async message(socket, data) {
      const { key, text } = JSON.parse(String(data));
      try {
        socket.send(
          JSON.stringify({ acknowledged: key, as: await rooms.publish(ROOM, text, { once: key }) }),
        );
      } catch (error) {
        socket.send(JSON.stringify({ refused: key, code: Reflect.get(Object(error), "code") }));
      }
    },
  },
);

// Whatever is asked, the answer is who is there.
process.on("message", () => void answer());
async function answer() {
  // While Redis is away it is not known, unless somebody is in the room here.
  const members = await rooms.members(ROOM).catch(() => []);
  process.send?.({ members: members.map(({ id }) => id), state: rooms.state });
}
process.on("disconnect", () => process.exit());
process.send?.({ url: server.url });
