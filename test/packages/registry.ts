import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";

/** What a publication uploads, as far as tests look at it. */
export interface Upload {
  readonly name: string;
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The tarball, in base64. */
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

/** A registry of npm on this machine that has no package yet, and keeps what is uploaded. */
export interface Registry {
  readonly url: string;
  /** A line of an .npmrc, or an option of npm, that lets a program upload. */
  readonly credential: string;
  readonly uploads: readonly Upload[];
  close(): void;
}

export async function startRegistry(): Promise<Registry> {
  const uploads: Upload[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // What npm and pnpm send; a test that finds something else in it fails.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (request.method === "PUT") uploads.push((await json(request)) as Upload);
    response
      .writeHead(request.method === "PUT" ? 201 : 404, { "Content-Type": "application/json" })
      .end("{}");
  };
  const server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the registry has no port");
  const host = `127.0.0.1:${address.port}/`;
  return {
    url: `http://${host}`,
    credential: `//${host}:_authToken=none`,
    uploads,
    close: () => void server.close(),
  };
}
