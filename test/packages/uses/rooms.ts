import { type RoomSocket, Rooms } from "@plyws/rooms";

async function chat(): Promise<void> {
  const rooms = new Rooms();
  const socket: RoomSocket = {
    send: (data) => console.log(data),
    bufferedAmount: 0,
    closed: new Promise(() => {}),
  };
  await rooms.join("lobby", socket);
  await rooms.publish("lobby", "Hi"); // → Hi
  console.log([...rooms.roomsOf(socket)].join()); // → lobby
  await rooms.close();
}

void chat();
