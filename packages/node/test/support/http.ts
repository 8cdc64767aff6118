import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** An HTTP server on a free port that lasts as long as the test; its URL with the scheme ws. */
export async function startHttp(
  answer: RequestListener = (_request, response) => response.end("http"),
): Promise<{ http: Server; url: string }> {
  const http = createServer(answer);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    http.close();
    http.closeAllConnections();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = http.address() as AddressInfo;
  return { http, url: `ws://127.0.0.1:${port}/` };
}
