import { BackplaneError } from "../backplane.ts";
import type { RedisBackplaneOptions } from "./options.ts";
import type { Redis } from "./session.ts";

/** The package is an optional peer: rooms of one process do without. */
export async function loadRedis({ url, client }: RedisBackplaneOptions): Promise<Redis> {
  const { createClient, ErrorReply, RESP_TYPES } = await import("redis").catch((cause: unknown) => {
    throw new BackplaneError("unavailable", "The package redis cannot be loaded: npm install redis", {
      cause,
    });
  });
  const options = {
    ...client,
    ...(url === undefined ? {} : { url }),
    RESP: 3 as const,
    socket: { ...client?.socket, reconnectStrategy: false as const },
    disableOfflineQueue: true,
    commandOptions: {
      typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.MAP]: Array },
    },
  };
  return {
    createClient: () => createClient(options),
    isAnswer: (error) => error instanceof ErrorReply,
  };
}
