// What the processes of a run are told, as JSON on their command line.

/** The messages of a load. */
export interface MessagePlan {
  /** Of the payload, before compression, in octets. */
  readonly size: number;
  readonly text: boolean;
  /** Whether they are JSON, compressed beforehand. */
  readonly compressed: boolean;
  /** Over how many frames a message goes. */
  readonly fragments: number;
  /** Whether what comes back is to be the same, rather than something of the same length. */
  readonly echoed: boolean;
}

/** Many connections that get back what they send. */
export interface EchoPlan {
  readonly kind: "echo";
  readonly connections: number;
  /** How many messages of a connection are on their way. */
  readonly inFlight: number;
  /** Whether the next messages wait until all of the last have come back. */
  readonly bursts: boolean;
  readonly message: MessagePlan;
}

/** One connection sends, and all receive. */
export interface BroadcastPlan {
  readonly kind: "broadcast";
  readonly receivers: number;
  /** How often the server sends each message to everybody. */
  readonly times: number;
  readonly inFlight: number;
  readonly message: MessagePlan;
}

/** Connections that open and close. */
export interface HandshakePlan {
  readonly kind: "handshakes";
  readonly atOnce: number;
  /** Whether they end with the closing handshake; else with a bare FIN. */
  readonly closing: boolean;
}

/** Connections that are held open. */
export interface IdlePlan {
  readonly kind: "idle";
  readonly compressed: boolean;
}

/** One connection that measures how long it waits for its echoes. */
export interface LatencyPlan {
  readonly kind: "latency";
  readonly message: MessagePlan;
  /** How often it sends, in milliseconds. */
  readonly every: number;
}

export type LoadPlan = EchoPlan | BroadcastPlan | HandshakePlan | IdlePlan | LatencyPlan;

/** What a load process is asked to do once it is ready. */
export type LoadRequest =
  | { readonly run: number }
  | { readonly open: number }
  | { readonly use: MessagePlan; readonly times: number }
  | { readonly begin: MessagePlan }
  | { readonly drop: true };

/** What a load has done in the time that it was given, and after it until nothing was on its way any more. */
export interface LoadResult {
  /** Messages, deliveries or connections. */
  readonly count: number;
  readonly seconds: number;
  /** CPU time of the load itself, in microseconds. */
  readonly cpu: number;
  /** Of a latency load: how long each echo took, in microseconds, in ascending order. */
  readonly latencies?: readonly number[];
}

/** What a server has to do. */
export interface ServerPlan {
  /** 0: every message is echoed. Else texts are echoed, and binary messages go to everybody so many times. */
  readonly broadcast: number;
  /** In the names that the server knows. */
  readonly perMessageDeflate: boolean | object;
  /** What the floor cannot find out, as it reads no frames. */
  readonly floor: FloorPlan;
  /** The folder in which other libraries were installed, or null. */
  readonly peers: string | null;
}

export interface FloorPlan {
  /** Octets that each message of a client takes on the wire. */
  readonly requestSize: number;
  readonly size: number;
  readonly text: boolean;
  /** Whether whatever comes after the handshake is answered with a Close frame. */
  readonly closing: boolean;
}

/** What a server process says of itself, first of all. */
export interface ServerReady {
  readonly port: number;
  /** All processes that serve. */
  readonly pids: readonly number[];
}

/** What a server process has used: CPU time in microseconds, user and system; resident memory in octets. */
export interface Usage {
  readonly cpu: number;
  readonly rss: number;
}
