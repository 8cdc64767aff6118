import { expect, test, vi } from "vitest";
import { serve } from "./support/chat.ts";
import { client, memory, until } from "./support/client.ts";
import { folder, start } from "./support/program.ts";

vi.setConfig({ testTimeout: 60_000 });

test("what is written is sent, comes to others, and is not waiting any more", async () => {
  const { socket } = await serve();
  const ann = client(socket, "Ann");
  const ben = client(socket, "Ben");
  const [hers, his] = [ann.join("lobby"), ben.join("lobby")];
  ann.send("lobby", "one");
  ann.send("lobby", "two");
  await until(() => his.messages.length === 2 && ann.outbox.waiting.length === 0);
  expect(his.messages.map(({ text }) => text)).toEqual(["one", "two"]);
  ben.edit("lobby", his.messages[0]?.seq ?? "", "mine now");
  await until(() => ben.outbox.waiting[0]?.failed === "not_yours");
  ann.edit("lobby", hers.messages[0]?.seq ?? "", "three");
  ann.delete("lobby", hers.messages[1]?.seq ?? "");
  await until(() => his.messages[0]?.edited !== undefined && his.messages[1]?.deleted === true);
  expect(his.messages.map(({ text }) => text)).toEqual(["three", ""]);
  expect(hers.messages).toEqual(his.messages);
});

test("a connection that is lost again and again loses and doubles nothing", async () => {
  const { socket } = await serve("--rate", "0", "--address-rate", "0");
  const clients = ["Ann", "Ben", "Cid"].map((name) => client(socket, name, { firstDelay: 5, maxDelay: 20 }));
  const rooms = clients.map((each) => each.join("lobby"));
  for (let count = 0; count < 60; count++) {
    for (const each of clients) each.send("lobby", `${count}`);
    if (count % 10 === 5) for (const each of clients) each.drop();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await until(
    () =>
      rooms.every(({ messages }) => messages.length >= 180) &&
      clients.every((each) => each.outbox.waiting.length === 0),
    () => rooms.map(({ messages }) => messages.length).join(),
  );
  const [first, ...others] = rooms.map(({ messages }) => messages.map(({ seq, text }) => `${seq} ${text}`));
  for (const other of others) expect(other).toEqual(first);
  for (const { me } of clients) {
    const own = rooms[0]?.messages.filter(({ from }) => from.id === me?.id).map(({ text }) => text);
    expect(own).toEqual(Array.from({ length: 60 }, (_, index) => `${index}`));
  }
});

test("what is not sent outlives the client", async () => {
  const kept = memory();
  const data = folder();
  const program = start(["--port", "0", "--data", data]);
  const url = await program.url("socket");
  const { port } = new URL(url);
  let key = "";
  const ann = client(url, "Ann", { memory: kept }, { welcome: (welcome) => void (key = welcome.key ?? "") });
  ann.join("lobby");
  ann.send("lobby", "stored");
  await until(() => ann.outbox.waiting.length === 0 && key !== "");
  await program.kill();
  await until(() => ann.link.is === "waiting");
  ann.send("lobby", "not stored yet");
  ann.end();

  const again = start(["--port", port, "--data", data]);
  await again.url("socket");
  const later = client(url, "Ann", { memory: kept, hello: () => ({ name: "Ann", key }) } as object);
  const room = later.join("lobby");
  await until(() => room.messages.length === 2 && later.outbox.waiting.length === 0);
  expect(room.messages.map(({ text }) => text)).toEqual(["stored", "not stored yet"]);
});

test("what two pages of one person have not sent outlives both", async () => {
  const kept = memory();
  const server = await serve();
  let key: string | undefined;
  const hello = () => ({ name: "Ann", ...(key !== undefined && { key }) });
  const page = () =>
    client(server.socket, "Ann", { memory: kept, hello } as object, {
      welcome: (welcome) => void (key = welcome.key),
    });
  const one = page();
  await until(() => one.link.is === "open");
  const other = page();
  await until(() => other.link.is === "open");
  await server.close();
  await until(() => one.link.is === "waiting" && other.link.is === "waiting");
  one.send("lobby", "from one");
  other.send("lobby", "from the other");
  one.send("lobby", "from one again");
  expect(JSON.parse(kept.getItem(`plyws.chat.outbox.${one.me?.id}`) ?? "")).toHaveLength(3);
  for (const { change } of one.outbox.waiting) one.outbox.drop(change.id);
  expect(JSON.parse(kept.getItem(`plyws.chat.outbox.${one.me?.id}`) ?? "")).toMatchObject([
    { change: { text: "from the other" } },
  ]);
});

test("a file arrives whole, though the connection is lost on its way up and down", async () => {
  const { socket } = await serve();
  const [ann, ben] = [
    client(socket, "Ann", { firstDelay: 5, maxDelay: 20 }),
    client(socket, "Ben", { firstDelay: 5, maxDelay: 20 }),
  ];
  const [hers, his] = [ann.join("lobby"), ben.join("lobby")];
  await until(() => hers.joined && his.joined);
  const content = new TextEncoder().encode("a line of text\n".repeat(200_000));
  ann.uploads.add("lobby", new File([content], "lines.txt"), "here it is");
  for (const part of [0.2, 0.5, 0.8]) {
    await until(() => (ann.uploads.all[0]?.offset ?? content.length) >= part * content.length);
    ann.drop();
  }
  await until(() => his.messages.length === 1);
  const [message] = his.messages;
  expect(message).toMatchObject({
    text: "here it is",
    file: { name: "lines.txt", media: "text/plain", size: content.length },
  });
  if (message?.file === undefined) throw new Error("There is no file");
  const download = ben.downloads.get("lobby", message.file);
  await new Promise((resolve) => setTimeout(resolve, 20));
  ben.drop();
  const blob = await download;
  expect(blob.type).toBe("text/plain");
  expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), content)).toBe(0);
  await until(() => hers.messages.length === 1);
  expect(ann.uploads.all).toEqual([]);
});

test("a file that is refused is not tried again, and holds nothing up", async () => {
  const { socket } = await serve();
  const ann = client(socket, "Ann");
  const room = ann.join("lobby");
  await until(() => room.joined);
  ann.uploads.add("lobby", new File(["no picture"], "a.png"), "");
  ann.uploads.add("lobby", new File(["a text"], "a.txt"), "");
  await until(() => room.messages.length === 1);
  expect(room.messages[0]?.file?.name).toBe("a.txt");
  expect(ann.uploads.all.map(({ failed }) => failed)).toEqual(["file_type"]);
});
