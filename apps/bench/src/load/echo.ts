import type { Socket } from "node:net";
import type { EchoPlan } from "../plans.ts";
import { EchoCheck } from "../wire/check.ts";
import { PreparedMessages } from "../wire/prepared.ts";
import { FrameScan } from "../wire/scan.ts";
import { Course } from "./course.ts";
import { inGroups, openConnection, type Reader } from "./open.ts";

/** Connections that send a message for each that they get back. The content is looked at on the first one only. */
export class EchoLoad {
  readonly #plan: EchoPlan;
  readonly #course = new Course();
  readonly #messages: PreparedMessages;
  readonly #connections: EchoConnection[] = [];
  readonly #check: EchoCheck;

  private constructor(plan: EchoPlan) {
    this.#plan = plan;
    this.#messages = new PreparedMessages(plan.message, plan.inFlight);
    this.#check = new EchoCheck(this.#messages.payloads, plan.message.echoed, (error) =>
      this.#course.fail(error),
    );
  }

  static async open(port: number, plan: EchoPlan): Promise<EchoLoad> {
    const load = new EchoLoad(plan);
    await inGroups(plan.connections, async (index) => {
      const scan = new FrameScan(index === 0 ? load.#check : null);
      const connection = new EchoConnection(plan, load.#course, load.#messages, scan);
      connection.socket = await openConnection(port, plan.message.compressed, connection);
      load.#connections.push(connection);
    });
    return load;
  }

  async run(duration: number): Promise<{ count: number; seconds: number }> {
    const checked = this.#check.checked;
    const result = await this.#course.run(duration, () => {
      for (const connection of this.#connections) connection.send(this.#plan.inFlight);
    });
    if (this.#check.checked === checked) throw new Error("No echo was checked");
    return result;
  }
}

class EchoConnection implements Reader {
  socket: Socket | null = null;
  readonly #plan: EchoPlan;
  readonly #course: Course;
  readonly #messages: PreparedMessages;
  readonly #scan: FrameScan;
  #next = 0;
  #back = 0;

  constructor(plan: EchoPlan, course: Course, messages: PreparedMessages, scan: FrameScan) {
    this.#plan = plan;
    this.#course = course;
    this.#messages = messages;
    this.#scan = scan;
  }

  send(count: number): void {
    this.#course.sent(count);
    this.socket?.write(this.#messages.take(this.#next, count));
    this.#next += count;
  }

  receive(chunk: Buffer): void {
    const count = this.#scan.receive(chunk);
    if (count === 0) return;
    this.#back += count;
    if (this.#course.going) {
      if (!this.#plan.bursts) this.send(count);
      else if (this.#back === this.#next) this.send(this.#plan.inFlight);
    }
    this.#course.received(count);
  }

  closed(error: Error | null): void {
    this.#course.fail(error ?? new Error("The server closed a connection"));
  }
}
