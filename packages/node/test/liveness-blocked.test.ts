import { PING, pong } from "@plyws/testkit";
import { expect, test } from "vitest";
import { connected } from "./support/connected.ts";
import { DROP } from "./support/endpoints.ts";
import { masked } from "./support/raw-peer.ts";

// In real time: what counts is what Node does first when it was blocked.
test("a peer is not blamed for what our own blocked event loop did not read", {
  timeout: 30_000,
}, async () => {
  const { socket, peer } = await connected(DROP, { pingInterval: 1000, pongTimeout: 1000 });
  for (let i = 0; i < 2; i++) {
    const [first] = await peer.frames(1);
    expect(first?.opcode).toBe(PING);
    peer.socket.write(pong(first!.payload, masked));
    // The answer is with the kernel. Meanwhile nothing is read, for longer than the peer has.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(socket.state).toBe("open");
  }
  expect(await socket.closed).toMatchObject({ code: 1006 });
});
