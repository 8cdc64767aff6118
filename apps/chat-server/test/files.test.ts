import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createPng } from "@plyws/testkit/node";
import { describe, expect, test } from "vitest";
import { mediaOf } from "../src/files/media.ts";
import type { FileInfo } from "../src/protocol/answers.ts";
import { decodeChunk, encodeChunk } from "../src/protocol/chunk.ts";
import { serve } from "./support/chat.ts";
import { Peer } from "./support/peer.ts";
import { folder } from "./support/program.ts";

const CHUNK = 65_536;

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Sends a file piece by piece, from where the server wants it. */
async function upload(
  peer: Peer,
  name: string,
  octets: Uint8Array,
  id = randomBytes(16).toString("hex"),
): Promise<FileInfo> {
  const begun = await peer.ask("uploading", {
    type: "upload",
    upload: id,
    room: "lobby",
    name,
    size: octets.length,
  });
  for (let offset = begun.offset; offset < octets.length; offset += CHUNK) {
    peer.socket.send(encodeChunk({ id, offset, content: octets.subarray(offset, offset + CHUNK) }));
  }
  return (await peer.next("uploaded", (answer) => answer.upload === id)).file;
}

async function download(peer: Peer, { file, size }: FileInfo): Promise<Uint8Array> {
  await peer.ask("fetched", { type: "fetch", id: "f", room: "lobby", file });
  const octets = new Uint8Array(size);
  for (let received = 0; received < size; ) {
    const chunk = decodeChunk(await peer.octets());
    if (chunk === null) throw new Error("This is no piece of a file");
    expect(chunk).toMatchObject({ id: file, offset: received });
    octets.set(chunk.content, received);
    received += chunk.content.length;
  }
  return octets;
}

describe("a file", () => {
  test("goes up in pieces, is checked, sent, and comes back as it was", async () => {
    const { socket } = await serve();
    const [ann, ben] = [await Peer.named(socket, "Ann"), await Peer.named(socket, "Ben")];
    for (const peer of [ann, ben]) await peer.join("lobby");
    const png = createPng(400, 300);
    const info = await upload(ann, "C:\\pictures\\evening.png", png);
    expect(info).toEqual({
      file: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: "evening.png",
      size: png.length,
      media: "image/png",
    });
    await ann.ask("ack", { type: "send", id: "1", room: "lobby", file: info.file });
    expect((await ben.next("message")).file).toEqual(info);
    expect(Buffer.compare(await download(ben, info), png)).toBe(0);
  });

  test("goes on where it was after the connection was lost", async () => {
    const { socket } = await serve();
    const ann = await Peer.connect(socket);
    const { key } = await ann.ask("welcome", { type: "hello", name: "Ann" });
    await ann.join("lobby");
    const octets = Buffer.concat([createPng(300, 200), randomBytes(3 * CHUNK)]);
    const id = randomBytes(16).toString("hex");
    await ann.ask("uploading", {
      type: "upload",
      upload: id,
      room: "lobby",
      name: "a.png",
      size: octets.length,
    });
    ann.socket.send(encodeChunk({ id, offset: 0, content: octets.subarray(0, CHUNK) }));
    expect((await ann.next("uploading")).offset).toBe(CHUNK);
    // Pieces that come twice, or too early, change nothing: the answer says where to go on.
    for (const offset of [0, 2 * CHUNK]) {
      ann.socket.send(encodeChunk({ id, offset, content: octets.subarray(offset, offset + CHUNK) }));
      expect((await ann.next("uploading")).offset).toBe(CHUNK);
    }
    ann.socket.terminate();
    const again = await Peer.connect(socket);
    await again.ask("welcome", { type: "hello", name: "Ann", key });
    await again.join("lobby");
    const info = await upload(again, "a.png", octets, id);
    expect(Buffer.compare(await download(again, info), octets)).toBe(0);
    // Also when only the last answer was lost.
    expect(
      await again.ask("uploaded", {
        type: "upload",
        upload: id,
        room: "lobby",
        name: "a.png",
        size: octets.length,
      }),
    ).toEqual({
      type: "uploaded",
      upload: id,
      file: info,
    });
  });

  test("that is too large, or more than was announced, is refused", async () => {
    const { socket } = await serve("--max-file-size", "1KiB");
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    const id = "0".repeat(32);
    const request = { type: "upload", upload: id, room: "lobby", name: "a.txt" };
    expect(await ann.ask("error", { ...request, size: 1025 })).toMatchObject({
      code: "file_too_large",
      upload: id,
    });
    await ann.ask("uploading", { ...request, size: 1000 });
    ann.socket.send(encodeChunk({ id, offset: 0, content: new Uint8Array(1001) }));
    expect(await ann.next("error")).toMatchObject({ code: "too_large", upload: id });
  });

  test("that is not what it says leaves nothing behind", async () => {
    const data = folder();
    const { socket } = await serve("--data", data);
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    const id = "0".repeat(32);
    const octets = new Uint8Array(3 * CHUNK).fill(1);
    await ann.ask("uploading", {
      type: "upload",
      upload: id,
      room: "lobby",
      name: "a.png",
      size: octets.length,
    });
    ann.socket.send(encodeChunk({ id, offset: 0, content: octets.subarray(0, CHUNK) }));
    expect(await ann.next("error")).toMatchObject({ code: "file_type", upload: id });
    expect(readdirSync(join(data, "uploads"))).toEqual([]);
    expect(readdirSync(join(data, "files"))).toEqual([]);
  });

  test("comes no faster than a disk can bear: the answer says when to go on", async () => {
    const { socket } = await serve("--max-file-size", "100MiB");
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    const id = "0".repeat(32);
    const size = 80 * 2 ** 20;
    const content = new Uint8Array(CHUNK).fill(97);
    await ann.ask("uploading", { type: "upload", upload: id, room: "lobby", name: "a.txt", size });
    for (let offset = 0; offset < size; offset += CHUNK)
      await ann.socket.sendAsync(encodeChunk({ id, offset, content }));
    const error = await ann.next("error");
    expect(error).toMatchObject({ code: "rate_limited", upload: id, retryAfter: expect.any(Number) });
    await ann.settled();
  });

  test("belongs to whoever uploaded it, and to the room where", async () => {
    const { socket } = await serve();
    const [ann, eve] = [await Peer.named(socket, "Ann"), await Peer.named(socket, "Eve")];
    for (const peer of [ann, eve]) await peer.join("lobby");
    await eve.join("elsewhere");
    const { file } = await upload(ann, "a.txt", new TextEncoder().encode("text"));
    for (const request of [
      { type: "send", id: "1", room: "lobby", file },
      { type: "send", id: "1", room: "elsewhere", file },
      { type: "fetch", id: "1", room: "elsewhere", file },
    ]) {
      expect(await eve.ask("error", request)).toMatchObject({ code: "not_found" });
    }
  });
});

describe("pieces", () => {
  test("that come by two connections at once make one file, as it was", async () => {
    const data = folder();
    const { socket } = await serve("--data", data);
    const one = await Peer.connect(socket);
    const { key } = await one.ask("welcome", { type: "hello", name: "Ann" });
    const other = await Peer.connect(socket);
    await other.ask("welcome", { type: "hello", name: "Ann", key });
    for (const peer of [one, other]) await peer.join("lobby");
    for (let round = 1; round <= 5; round++) {
      const octets = Buffer.concat([createPng(30, 20), randomBytes(4 * CHUNK)]);
      const id = randomBytes(16).toString("hex");
      const request = { type: "upload", upload: id, room: "lobby", name: "a.png", size: octets.length };
      for (const peer of [one, other]) await peer.ask("uploading", request);
      for (let offset = 0; offset < octets.length; offset += CHUNK) {
        const piece = encodeChunk({ id, offset, content: octets.subarray(offset, offset + CHUNK) });
        for (const peer of [one, other]) peer.socket.send(piece);
      }
      const fits = ({ upload: of }: { upload: string }) => of === id;
      const { file } = await Promise.race([one, other].map((peer) => peer.next("uploaded", fits)));
      other.say(request);
      expect(await other.next("uploaded", fits)).toMatchObject({ file });
      expect(readdirSync(join(data, "files"))).toHaveLength(round);
      expect(Buffer.compare(await download(one, file), octets)).toBe(0);
    }
    expect(readdirSync(join(data, "uploads"))).toEqual([]);
  });

  test("for which the disk has no room are to be sent again", async () => {
    const data = folder();
    const { socket } = await serve("--data", data);
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    rmSync(join(data, "uploads"), { recursive: true });
    const id = "0".repeat(32);
    await ann.ask("uploading", { type: "upload", upload: id, room: "lobby", name: "a.txt", size: 1 });
    ann.socket.send(encodeChunk({ id, offset: 0, content: new Uint8Array([97]) }));
    expect(await ann.next("error")).toMatchObject({ code: "storage_unavailable", upload: id });
    mkdirSync(join(data, "uploads"));
    ann.socket.send(encodeChunk({ id, offset: 0, content: new Uint8Array([97]) }));
    await ann.next("uploaded");
  });

  test("are not taken when all files are as much as the server keeps", async () => {
    const { socket } = await serve("--max-files", "100KiB");
    const [ann, eve] = [await Peer.named(socket, "Ann"), await Peer.named(socket, "Eve")];
    for (const peer of [ann, eve]) await peer.join("lobby");
    const text = new Uint8Array(CHUNK).fill(97);
    // What is announced takes no room from others, what has come does.
    const id = "0".repeat(32);
    const request = { type: "upload", upload: id, room: "lobby", name: "a.txt", size: CHUNK };
    await eve.ask("uploading", request);
    const { file } = await upload(ann, "a.txt", text);
    eve.socket.send(encodeChunk({ id, offset: 0, content: text }));
    expect(await eve.next("error")).toMatchObject({ code: "storage_full", upload: id });
    const { seq } = await ann.ask("ack", { type: "send", id: "1", room: "lobby", file });
    await ann.ask("ack", { type: "delete", id: "2", room: "lobby", seq });
    eve.socket.send(encodeChunk({ id, offset: 0, content: text }));
    const { file: hers } = await eve.next("uploaded");
    // Whoever has not heard that a file is whole hears it all the same.
    expect(await eve.ask("uploaded", request)).toMatchObject({ file: hers });
    expect(await eve.ask("error", { ...request, upload: "1".repeat(32) })).toMatchObject({
      code: "storage_full",
    });
  });
});

describe("a file of a message", () => {
  test("is a part of that one alone, and goes with it", async () => {
    const data = folder();
    const { socket } = await serve("--data", data);
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    const info = await upload(ann, "a.txt", new TextEncoder().encode("text"));
    const { file } = info;
    const { seq } = await ann.ask("ack", { type: "send", id: "1", room: "lobby", file });
    expect(await ann.ask("ack", { type: "send", id: "1", room: "lobby", file })).toMatchObject({ seq });
    expect(await ann.ask("error", { type: "send", id: "2", room: "lobby", file })).toMatchObject({
      code: "not_found",
    });
    expect(readdirSync(join(data, "files"))).toEqual([file]);
    await ann.ask("ack", { type: "delete", id: "3", room: "lobby", seq });
    expect(readdirSync(join(data, "files"))).toEqual([]);
    expect(await ann.ask("error", { type: "fetch", id: "f", room: "lobby", file })).toMatchObject({
      code: "not_found",
    });
  });

  test("has a name without what is not to be seen", async () => {
    const { socket } = await serve();
    const ann = await Peer.named(socket, "Ann");
    await ann.join("lobby");
    const text = new TextEncoder().encode("text");
    for (const [given, kept] of [
      ["../../etc/passwd", "passwd"],
      ["photo\u202egnp.txt", "photognp.txt"],
      ["a\u0000b\r\n.txt", "ab.txt"],
      ["\ud800a.txt", "a.txt"],
      [`${"😀".repeat(97)}.txt`, `${"😀".repeat(96)}.txt`],
      ["/", "file"],
    ] as const) {
      expect((await upload(ann, given, text)).name).toBe(kept);
    }
  });
});

describe("what a file is", () => {
  const text = new TextEncoder().encode("plain text, 中文");
  test.each([
    ["a.png", createPng(2, 2), "image/png"],
    ["a.jpg", latin1("\xff\xd8\xff\xe0"), "image/jpeg"],
    ["a", latin1("GIF89a"), "image/gif"],
    ["a.webp", latin1("RIFF....WEBP"), "image/webp"],
    ["a.pdf", latin1("%PDF-1.7"), "application/pdf"],
    ["a.docx", latin1("PK\x03\x04"), "application/zip"],
    ["a.txt", text, "text/plain"],
    ["a.html", text, "text/plain"],
    ["cut.txt", text.subarray(0, -1), "text/plain"],
    ["a.png", text, null],
    ["a.txt", createPng(2, 2), "image/png"],
    ["a.jpg", createPng(2, 2), null],
    ["a.svg", latin1("<svg xmlns='x' onload='alert(1)'/>"), null],
    ["a.exe", latin1("MZ\x90\0"), null],
    ["a", latin1("\x7fELF"), null],
    ["a.txt", latin1("\xff\xfe\0"), null],
  ])("%s", (name, start, media) => expect(mediaOf(name, start)).toBe(media));
});
