import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connect } from "@plyws/node";
import { expect, test } from "vitest";
import { complete, serve, start } from "./support/here.ts";

const fileOf = (name: string): string => fileURLToPath(new URL(`certificate/${name}.pem`, import.meta.url));
/** Nobody vouches for it. It is for localhost. */
const tls = { cert: readFileSync(fileOf("cert")), key: readFileSync(fileOf("key")) };

async function startSecure(): Promise<string> {
  const { url } = await serve(undefined, { tls });
  return url;
}

test.each([
  [["--ca", fileOf("cert")], 0, ""],
  [["--insecure"], 0, ""],
  [
    [],
    1,
    /^Nobody vouches for the certificate of 127\.0\.0\.1:\d+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. --ca names/,
  ],
])("connects by TLS with %j: %i", async (options, code, message) => {
  const outcome = await complete(["connect", await startSecure(), "-n", "1", ...options], { input: "hi\n" });
  expect(outcome).toMatchObject({ code, stdout: code === 0 ? "hi\n" : "" });
  expect(outcome.stderr).toMatch(message);
});

test("says when the server does not speak TLS", async () => {
  const { url } = await serve();
  const { code, stderr } = await complete(["connect", url.replace("ws:", "wss:")]);
  expect(stderr).toContain("does not seem to speak TLS: is it ws:// instead of wss://?");
  expect(code).toBe(1);
});

test("inspect leads clients without TLS to a server with it, and back-pressure and ends pass", async () => {
  const proxy = start(["inspect", "-l", "0", "--to", await startSecure(), "--ca", fileOf("cert")]);
  const [, port = ""] = await proxy.stderr.until(/ws:\/\/127\.0\.0\.1:(\d+)\//);
  const socket = await connect(`ws://127.0.0.1:${port}`);
  const message = new Uint8Array(1_000_000);
  for (let count = 0; count < 5; count++) socket.send(message);
  for (let count = 0; count < 5; count++) expect((await socket.receive())?.length).toBe(message.length);
  socket.close();
  expect(await socket.closed).toMatchObject({ code: 1000, clean: true });
  await proxy.stdout.until(/the client has ended its stream/);
  expect(proxy.stdout.text).not.toContain("violation");
});

test("inspect tells that a certificate is not trusted", async () => {
  const proxy = start(["inspect", "-l", "0", "--to", await startSecure()]);
  const [, port = ""] = await proxy.stderr.until(/ws:\/\/127\.0\.0\.1:(\d+)\//);
  await expect(connect(`ws://127.0.0.1:${port}`)).rejects.toThrow(/ECONNRESET|reset|hang up|closed/i);
  await proxy.stdout.until(/Nobody vouches for the certificate/);
});
