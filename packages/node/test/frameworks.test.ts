import { once } from "node:events";
import type { AddressInfo, Server as NetServer } from "node:net";
import { serve as serveHono } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "../src/index.ts";
import { openClient, roundTrip } from "./support/endpoints.ts";
import { rawConnect, requestHead } from "./support/raw-peer.ts";
import { answerTo, statusOf } from "./support/serve.ts";

/** A server whose connections know the user of the cookie. */
const chat = (): WebSocketServer<{ user: string }> =>
  new WebSocketServer(
    { accept: ({ headers }) => ({ data: { user: headers.get("cookie") ?? "nobody" } }) },
    { message: (socket, data) => socket.send(`${socket.data.user}: ${String(data)}`) },
  );

async function listening(server: NetServer): Promise<string> {
  if (!server.listening) await once(server, "listening");
  onTestFinished(() => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** HTTP routes before, between and after messages of two WebSockets on the same port. */
async function useBoth(host: string): Promise<void> {
  const page = async (path: string): Promise<string> => (await fetch(`http://${host}${path}`)).text();
  expect(await page("/hello")).toBe("hello");
  const ann = await openClient(`ws://${host}/chat`, {}, { headers: { cookie: "ann" } });
  expect(await page("/hello")).toBe("hello");
  const ben = await openClient(`ws://${host}/chat?room=1`, {}, { headers: { cookie: "ben" } });
  const answers = await Promise.all([
    roundTrip(ann, "one"),
    page("/hello"),
    roundTrip(ben, "two"),
    (await fetch(`http://${host}/echo`, { method: "POST", body: "three" })).text(),
  ]);
  expect(answers).toEqual(["ann: one", "hello", "ben: two", "three"]);
  expect((await fetch(`http://${host}/chat`)).status).toBe(404);
  expect(statusOf(await answerTo(`ws://${host}/`, requestHead({}, "/hello")))).toBe("HTTP/1.1 404 Not Found");
}

async function expectClosed(host: string): Promise<void> {
  await expect(rawConnect(`http://${host}/`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
}

describe("one port, HTTP routes and WebSocket", () => {
  test("Express", async () => {
    const app = express();
    app.get("/hello", (_request, response) => void response.send("hello"));
    app.post("/echo", express.text(), (request, response) => void response.send(request.body));
    const http = app.listen(0, "127.0.0.1");
    const sockets = chat().attach(http, { path: "/chat" });
    const host = await listening(http);
    await useBoth(host);

    const client = await openClient(`ws://${host}/chat`, { message: () => {} });
    const report = await sockets.close();
    expect([report.finished, report.unfinished]).toEqual([3, []]);
    expect(await client.closed).toMatchObject({ code: 1001, clean: true });
    expect(await (await fetch(`http://${host}/hello`)).text()).toBe("hello");
    http.closeIdleConnections();
    await new Promise((resolve) => http.close(resolve));
    await expectClosed(host);
  });

  test("Fastify, whose close closes the WebSockets first", async () => {
    const app = fastify();
    const sockets = chat().attach(app.server, { path: "/chat" });
    app.get("/hello", () => "hello");
    app.post("/echo", ({ body }) => body);
    // Fastify takes what a hook gives for an error: the report has to stay here.
    app.addHook("preClose", async () => void (await sockets.close()));
    await app.listen({ host: "127.0.0.1", port: 0 });
    const host = await listening(app.server);
    await useBoth(host);

    const client = await openClient(`ws://${host}/chat`, { message: () => {} });
    await app.close();
    expect(await client.closed).toMatchObject({ code: 1001, clean: true });
    expect(sockets.connections.size).toBe(0);
    await expectClosed(host);
  });

  test("Hono", async () => {
    const app = new Hono();
    app.get("/hello", (context) => context.text("hello"));
    app.post("/echo", async (context) => context.text(await context.req.text()));
    const http = serveHono({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
    const sockets = chat().attach(http, { path: "/chat" });
    const host = await listening(http);
    await useBoth(host);

    const client = await openClient(`ws://${host}/chat`, { message: () => {} });
    expect((await sockets.close()).unfinished).toEqual([]);
    expect(await client.closed).toMatchObject({ code: 1001, clean: true });
    await new Promise((resolve) => http.close(resolve));
    await expectClosed(host);
  });
});
