import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type Acceptance,
  type ConnectionRequest,
  type ListenOptions,
  listen,
  type Refusal,
  refuse,
  type ServerOptions,
  type ShutdownReport,
  type WebSocketConnection,
  type WebSocketEvents,
  WebSocketServer,
} from "../src/index.ts";

interface User {
  readonly name: string;
  admin: boolean;
}

const greet = (socket: WebSocketConnection): unknown => socket.send("hello");
const nameOnly = () => ({ data: { name: "x" } });
const find = (url: string): User | null => (url === "/" ? null : { name: url, admin: false });

describe("the type of the data", () => {
  test("is inferred from accept, and seen by every event", async () => {
    const server = new WebSocketServer(
      {
        accept: async (request) => {
          expectTypeOf(request).toEqualTypeOf<ConnectionRequest>();
          await Promise.resolve();
          const user = find(request.url);
          return user === null ? refuse(401) : { data: user, headers: { "X-Name": user.name } };
        },
      },
      {
        open: (socket) => expectTypeOf(socket.data).toEqualTypeOf<User>(),
        message: (socket, data) => {
          expectTypeOf(socket).toEqualTypeOf<WebSocketConnection<User>>();
          expectTypeOf(data).toEqualTypeOf<string | Uint8Array>();
        },
        stream: (socket) => expectTypeOf(socket.data.admin).toEqualTypeOf<boolean>(),
        drain: (socket) => expectTypeOf(socket.data).toEqualTypeOf<User>(),
        error: (socket) => expectTypeOf(socket.data).toEqualTypeOf<User>(),
        close: (socket) => expectTypeOf(socket.data).toEqualTypeOf<User>(),
      },
    );
    expectTypeOf(server).toEqualTypeOf<WebSocketServer<User>>();
    expectTypeOf(server.connections).toEqualTypeOf<ReadonlySet<WebSocketConnection<User>>>();
    const report = await server.close();
    expectTypeOf(report).toEqualTypeOf<ShutdownReport<User>>();
    expect(report).toEqual({ finished: 0, unfinished: [] });
  });

  test("is inferred by listen too, from accept functions that decide at once", async () => {
    const server = await listen(
      { host: "127.0.0.1", accept: () => ({ data: { name: "x", rooms: new Set<string>() } }) },
      { message: ({ data }) => data.rooms.add(data.name) },
    );
    expectTypeOf(server).toEqualTypeOf<WebSocketServer<{ name: string; rooms: Set<string> }>>();
    expect((await server.close()).finished).toBe(0);
  });

  test("is undefined without accept", async () => {
    const server = new WebSocketServer({}, { open: (socket) => expectTypeOf(socket.data).toBeUndefined() });
    expectTypeOf(server).toEqualTypeOf<WebSocketServer>();
    expectTypeOf(listen({}, {})).resolves.toEqualTypeOf<WebSocketServer>();
    await (await listen({ host: "127.0.0.1" }, {})).close();
    expect((await server.close()).unfinished).toEqual([]);
  });

  test("can be written down for events that stand elsewhere", () => {
    const events: WebSocketEvents<User> = { open: (socket) => (socket.data.admin = true) };
    const options: ServerOptions<User> & ListenOptions = {
      accept: ({ url }) => {
        const user = find(url);
        return user === null ? refuse(404) : { data: user };
      },
    };
    expectTypeOf(new WebSocketServer(options, events)).toEqualTypeOf<WebSocketServer<User>>();
    expectTypeOf(refuse).returns.toEqualTypeOf<Refusal>();
    expectTypeOf<Acceptance<User>["data"]>().toEqualTypeOf<User>();
    expect(Object.keys(events)).toEqual(["open"]);
  });

  test("need not be written down where it does not matter", () => {
    const events: WebSocketEvents = { open: greet };
    expectTypeOf<WebSocketConnection["data"]>().toBeUnknown();
    expectTypeOf(new WebSocketServer({ accept: nameOnly }, events)).toEqualTypeOf<
      WebSocketServer<{ name: string }>
    >();
    expectTypeOf(new WebSocketServer({}, events)).toEqualTypeOf<WebSocketServer>();
    expect(Object.values(events)).toEqual([greet]);
  });

  test("must fit", () => {
    // @ts-expect-error the events expect more than accept gives
    expect(new WebSocketServer<User>({ accept: nameOnly }, {})).toBeInstanceOf(WebSocketServer);
    // @ts-expect-error an acceptance has data
    expect(new WebSocketServer({ accept: () => ({}) }, {})).toBeInstanceOf(WebSocketServer);
    // @ts-expect-error who is let in is not said by a boolean
    expect(new WebSocketServer({ accept: () => true }, {})).toBeInstanceOf(WebSocketServer);
    // @ts-expect-error nor by nothing
    expect(new WebSocketServer({ accept: () => undefined }, {})).toBeInstanceOf(WebSocketServer);
  });
});
