import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { BroadcastPlan } from "../plans.ts";
import { EchoCheck } from "../wire/check.ts";
import { PreparedMessages } from "../wire/prepared.ts";
import { FrameScan } from "../wire/scan.ts";
import { Course } from "./course.ts";
import { inGroups, openConnection } from "./open.ts";

/** How long servers may take to see that a connection is open, in milliseconds. */
const SETTLE = 300;

/**
 * Connections that all receive what the first of them sends. What is counted are deliveries; the content is looked at
 * on the last connection only.
 */
export class BroadcastLoad {
  readonly #plan: BroadcastPlan;
  readonly #course = new Course();
  readonly #messages: PreparedMessages;
  readonly #check: EchoCheck;
  #sender: Socket | null = null;
  #next = 0;

  private constructor(plan: BroadcastPlan) {
    this.#plan = plan;
    this.#messages = new PreparedMessages(plan.message, 1);
    const due = this.#messages.payloads.flatMap((payload) =>
      Array.from({ length: plan.times }, () => payload),
    );
    this.#check = new EchoCheck(due, plan.message.echoed, (error) => this.#course.fail(error));
  }

  static async open(port: number, plan: BroadcastPlan): Promise<BroadcastLoad> {
    const load = new BroadcastLoad(plan);
    const sockets = await inGroups(plan.receivers, (index) => {
      const scan = new FrameScan(index === plan.receivers - 1 ? load.#check : null);
      return openConnection(port, plan.message.compressed, {
        receive: (chunk) => load.#receive(scan.receive(chunk)),
        closed: (error) => load.#course.fail(error ?? new Error("The server closed a connection")),
      });
    });
    load.#sender = sockets[0] ?? null;
    // Some servers tell their application of a connection only after its response has gone.
    await delay(SETTLE);
    return load;
  }

  run(duration: number): Promise<{ count: number; seconds: number }> {
    return this.#course.run(duration, () => this.#send());
  }

  /** Sends so many messages that enough of them are on their way. */
  #send(): void {
    const deliveries = this.#plan.receivers * this.#plan.times;
    while (this.#course.outstanding <= (this.#plan.inFlight - 1) * deliveries) {
      this.#course.sent(deliveries);
      this.#sender?.write(this.#messages.take(this.#next++, 1));
    }
  }

  #receive(count: number): void {
    if (count === 0) return;
    this.#course.received(count);
    if (this.#course.going) this.#send();
  }
}
