import { Opcode } from "@plyws/frame";
import { filled } from "@plyws/testkit";
import { collectGarbage } from "@plyws/testkit/node";
import { describe, expect, test } from "vitest";
import { MessageAssembler } from "../src/index.ts";

const MIB = 1_048_576;
const { Binary, Continuation } = Opcode;

/** How much more memory is used after the work than before: what buffers take, and what objects take. */
async function growth(work: () => void): Promise<{ buffers: number; heap: number }> {
  await collectGarbage();
  const before = process.memoryUsage();
  work();
  await collectGarbage();
  const after = process.memoryUsage();
  return { buffers: after.arrayBuffers - before.arrayBuffers, heap: after.heapUsed - before.heapUsed };
}

describe("a message in progress", { timeout: 60_000 }, () => {
  test("of a million fragments of one octet costs what it has and a small constant", async () => {
    const assembler = new MessageAssembler();
    const payload = filled(1, 7);
    const { buffers, heap } = await growth(() => {
      assembler.push({ fin: false, opcode: Binary, payload });
      for (let count = 1; count < 1_000_000; count++) {
        assembler.push({ fin: false, opcode: Continuation, payload });
      }
    });
    expect(assembler.retainedSize).toBeGreaterThanOrEqual(1_000_000);
    expect(assembler.retainedSize).toBeLessThanOrEqual(1_000_000 + 65_536);
    // The measures are those of the whole process: other work of it may be in them.
    expect(buffers).toBeLessThan(2 * MIB);
    expect(heap).toBeLessThan(4 * MIB);
    const message = assembler.push({ fin: true, opcode: Continuation, payload });
    expect(message?.payload.length).toBe(1_000_001);
    expect(message?.payload.buffer.byteLength).toBe(1_000_001);
  });

  test("does not keep the buffers that its fragments arrived in", async () => {
    const assembler = new MessageAssembler();
    const { buffers } = await growth(() => {
      assembler.push({ fin: false, opcode: Binary, payload: filled(1, 1) });
      for (let count = 0; count < 2000; count++) {
        // 131 MB of reads, one octet of each is payload.
        assembler.push({ fin: false, opcode: Continuation, payload: new Uint8Array(65_536).subarray(9, 10) });
      }
    });
    expect(buffers).toBeLessThan(2 * MIB);
    expect(assembler.retainedSize).toBe(4096);
  });

  test("costs nothing while its fragments are empty", async () => {
    const assembler = new MessageAssembler();
    const payload = new Uint8Array(0);
    const { buffers, heap } = await growth(() => {
      assembler.push({ fin: false, opcode: Binary, payload });
      for (let count = 1; count < 60_000; count++) {
        assembler.push({ fin: false, opcode: Continuation, payload });
      }
    });
    expect(assembler.retainedSize).toBe(0);
    expect(buffers).toBeLessThan(MIB);
    expect(heap).toBeLessThan(4 * MIB);
  });

  test("is let go by a reset", async () => {
    const assembler = new MessageAssembler({ maxMessageSize: 64 * MIB });
    const { buffers } = await growth(() => {
      assembler.push({ fin: false, opcode: Binary, payload: filled(48 * MIB, 1) });
      assembler.reset();
    });
    expect(assembler.retainedSize).toBe(0);
    expect(buffers).toBeLessThan(8 * MIB);
  });
});
