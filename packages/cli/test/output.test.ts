import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { Output } from "../src/shared/output.ts";

/** A stream that takes nothing until it is told to. */
class Slow extends Writable {
  readonly taken: string[] = [];
  #done: (() => void) | null = null;

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.taken.push(chunk.toString());
    this.#done = done;
  }

  /** Takes everything that waits, and more to come. */
  release(): void {
    this._write = (chunk: Buffer, _: string, done: () => void) => {
      this.taken.push(chunk.toString());
      done();
    };
    this.#done?.();
  }
}

test("lets all who write wait for a slow reader, by one listener", async () => {
  const stream = new Slow();
  const output = new Output(stream, {});
  const writes = Array.from({ length: 100 }, () => output.write("x".repeat(1000)));
  expect(output.full).toBe(true);
  expect(stream.listenerCount("drain")).toBe(1);
  stream.release();
  await Promise.all(writes);
  expect(output.full).toBe(false);
  expect(stream.taken.join("")).toHaveLength(100_000);
  expect(stream.listenerCount("drain")).toBe(0);
});

test("lets nobody wait for a reader who has gone", async () => {
  const stream = new Slow();
  const output = new Output(stream, {});
  const write = output.write("x".repeat(100_000));
  stream.destroy(new Error("EPIPE"));
  await write;
  expect(output.gone.aborted).toBe(true);
  await output.write("more");
  output.log("more");
  expect(stream.taken).toHaveLength(1);
});

test("leaves lines of a log out when too much waits, and says so", async () => {
  const stream = new Slow();
  const output = new Output(stream, {});
  const line = "x".repeat(100_000);
  for (let count = 0; count < 30; count++) output.log(line);
  expect(stream.writableLength).toBeLessThan(1_200_000);
  stream.release();
  await output.drained();
  output.log("again\n");
  const written = stream.taken.join("").split("\n");
  expect(written.filter((text) => text === line)).toHaveLength(11);
  expect(written.slice(-3)).toEqual(["… 19 lines left out: too slow a reader", "again", ""]);
});
