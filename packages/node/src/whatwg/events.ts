import { expose } from "./expose.ts";

type EventInit = NonNullable<ConstructorParameters<typeof Event>[1]>;

export interface CloseEventInit extends EventInit {
  /** Default 0. */
  readonly code?: number | undefined;
  /** Default "". */
  readonly reason?: string | undefined;
  /** Default false. */
  readonly wasClean?: boolean | undefined;
}

/** The end of a {@link WebSocket}, as its `close` event. Node 20 and 22 have no global class of this name. */
export class CloseEvent extends Event {
  readonly #code: number;
  readonly #reason: string;
  readonly #wasClean: boolean;

  static {
    expose("CloseEvent", this);
  }

  constructor(type: string, init: CloseEventInit = {}) {
    super(type, init);
    const { code = 0, reason = "", wasClean = false } = init;
    this.#code = code & 0xffff;
    this.#reason = reason;
    this.#wasClean = wasClean;
  }

  /** The close code that the peer sent; 1005 when its Close frame had none, 1006 when there was no Close frame. */
  get code(): number {
    return this.#code;
  }

  /** The reason that the peer sent; "" when there is none. */
  get reason(): string {
    return this.#reason;
  }

  /** Whether both Close frames were exchanged (RFC 6455 section 7.1.4). */
  get wasClean(): boolean {
    return this.#wasClean;
  }
}

/** A plain `Event` which says why, besides what browsers show. */
export interface WebSocketErrorEvent extends Event {
  /** Why the connection failed: a `HandshakeError`, a `ProtocolError`, an error of Node … or `null`. */
  readonly error: Error | null;
}

export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  error: WebSocketErrorEvent;
  close: CloseEvent;
}

interface WebSocketTarget extends EventTarget {
  addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: (event: WebSocketEventMap[Type]) => unknown,
    options?: Parameters<EventTarget["addEventListener"]>[2],
  ): void;
  addEventListener(...parameters: Parameters<EventTarget["addEventListener"]>): void;
}

/** `EventTarget`, with the types of these events. */
export const WebSocketTarget: new () => WebSocketTarget = EventTarget;

/** An `error` event. No class of its own: in browsers it is a plain `Event` too. */
export function errorEvent(error: Error | null): Event {
  return Object.defineProperty(new Event("error"), "error", { value: error });
}

type Callback = (this: EventTarget, event: Event) => unknown;

/**
 * The event handler attributes of one object, like `onopen` (HTML section 8.1.8.1): a handler keeps the place among the
 * listeners that it got when it was first set.
 */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #handlers = new Map<string, { callback: Callback; readonly listener: (event: Event) => void }>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(type: string): Callback | null {
    return this.#handlers.get(type)?.callback ?? null;
  }

  /** @param value the handler; what is not a function counts as `null` */
  set(type: string, value: unknown): void {
    const present = this.#handlers.get(type);
    if (isCallback(value)) {
      if (present === undefined) this.#add(type, value);
      else present.callback = value;
    } else if (present !== undefined) {
      this.#handlers.delete(type);
      this.#target.removeEventListener(type, present.listener);
    }
  }

  #add(type: string, callback: Callback): void {
    const target = this.#target;
    const handler = { callback, listener: (event: Event): unknown => handler.callback.call(target, event) };
    this.#handlers.set(type, handler);
    target.addEventListener(type, handler.listener);
  }
}

function isCallback(value: unknown): value is Callback {
  return typeof value === "function";
}

/** Gives a class an event handler attribute for every type of event. */
export function exposeHandlers(
  { prototype }: { prototype: object },
  types: readonly string[],
  handlersOf: (target: unknown) => EventHandlers,
): void {
  for (const type of types) {
    const name = `on${type}`;
    const accessors = {
      get [name](): unknown {
        return handlersOf(this).get(type);
      },
      set [name](value: unknown) {
        handlersOf(this).set(type, value);
      },
    };
    Object.defineProperty(prototype, name, Object.getOwnPropertyDescriptor(accessors, name)!);
  }
}
