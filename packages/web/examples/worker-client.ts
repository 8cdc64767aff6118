// @ts-nocheck: the types of Workers are not installed here
// A Worker that sends what it is asked to a WebSocket server, over a raw TCP socket, and answers what comes back.
import { connect } from "cloudflare:sockets";
import { connectWebSocket } from "@plyws/web";

export default {
  async fetch(request: Request, { server }: { server: string }): Promise<Response> {
    const url = new URL(server);
    // A socket of a Worker has a `readable` and a `writable`. For "wss:" it takes { secureTransport: "on" }.
    const stream = connect({ hostname: url.hostname, port: Number(url.port) });
    const socket = await connectWebSocket(stream, { url, signal: AbortSignal.timeout(5000) });
    socket.send(await request.text());
    const reply = await socket.receive();
    socket.close(1000, "done");
    const { code, clean } = await socket.closed;
    return Response.json({ reply, code, clean });
  },
};
