import { close, concat, octets, PONG, ping, text } from "@plyws/testkit";
import { describe, expect, test } from "vitest";
import { ROLES, type Setup, setUp, texts, towards } from "./support.ts";

const pongs = ({ sent }: Setup) =>
  sent().flatMap(({ opcode, payload }) => (opcode === PONG ? [payload] : []));

describe.each(ROLES)("%s", (role) => {
  const to = towards(role);

  test("answers every Ping in order while the outbox takes it", () => {
    const setup = setUp(role);
    const payloads = Array.from({ length: 10 }, (_, i) => octets(`ping ${i}`));
    setup.connection.receive(concat(...payloads.map((payload) => ping(payload, to))));
    expect(pongs(setup)).toEqual(payloads);
  });

  test("answers the latest of a million Pings that came while the outbox was congested", () => {
    const setup = setUp(role);
    const { connection, outbox } = setup;
    outbox.congested = true;
    const chunk = concat(...Array.from({ length: 1000 }, (_, i) => ping(`${i}`, to)));
    for (let count = 0; count < 1000; count++) connection.receive(chunk.slice());
    expect(setup.events).toHaveLength(1_000_000);
    expect(outbox.take()).toEqual([]);
    outbox.congested = false;
    connection.flushPong();
    connection.flushPong();
    expect(pongs(setup)).toEqual([octets("999")]);
  });

  test("keeps a copy of the payload, not the chunk", () => {
    const setup = setUp(role);
    setup.outbox.congested = true;
    const chunk = ping("kept", to);
    setup.connection.receive(chunk);
    chunk.fill(0);
    setup.connection.flushPong();
    expect(pongs(setup)).toEqual([octets("kept")]);
  });

  test("never answers an older Ping after a newer one", () => {
    const setup = setUp(role);
    setup.outbox.congested = true;
    setup.connection.receive(ping("old", to));
    setup.outbox.congested = false;
    setup.connection.receive(ping("new", to));
    setup.connection.flushPong();
    expect(pongs(setup)).toEqual([octets("new")]);
  });

  test("answers also while closing, and not after the peer has closed", () => {
    const setup = setUp(role);
    const { connection } = setup;
    connection.close();
    connection.receive(ping("closing", to));
    expect(pongs(setup)).toEqual([octets("closing")]);
    setup.outbox.congested = true;
    connection.receive(concat(ping("pending", to), close(1000, "", to)));
    connection.flushPong();
    connection.receiveEnd();
    connection.flushPong();
    expect(pongs(setup)).toEqual([]);
  });

  test("sends messages and Close while the outbox is congested: how many is the application's choice", () => {
    const { connection, outbox, events, sent } = setUp(role);
    outbox.congested = true;
    connection.receive(text("in", to));
    expect([connection.sendText("out"), connection.close()]).toEqual([true, true]);
    expect(sent()).toHaveLength(2);
    expect(texts(events)).toEqual(["in"]);
  });
});
