import { describe, expect, test } from "vitest";
import { listen, type OriginRule, type ServerOptions } from "../src/index.ts";
import { certificate } from "./support/certificate.ts";
import { ECHO, openClient, startServer } from "./support/endpoints.ts";
import { watchProcess, watchWarnings } from "./support/process-faults.ts";

/** Who connects: `own` stands for a page of the host and port that the request is sent to. */
type Row = [options: ServerOptions, origin: string | null, allowed: boolean];
const askedFor: OriginRule = ({ origin, host, secure }) =>
  origin === "http://a.example" && host !== "" && !secure;

const ROWS: Row[] = [
  [{}, null, true],
  [{}, "http://own", true],
  [{}, "https://own", true],
  [{}, "http://example.com", false],
  [{}, "http://127.0.0.1", false],
  [{}, "null", false],
  [{}, "", false],
  [{ allowMissingOrigin: false }, null, false],
  [{ allowMissingOrigin: false }, "http://own", true],
  [{ origin: "any" }, "http://example.com", true],
  [{ origin: "any" }, "null", true],
  [{ origin: "any" }, null, true],
  [{ origin: "any", allowMissingOrigin: false }, null, false],
  [{ origin: ["https://a.example", "http://b.example:8080"] }, "https://a.example", true],
  [{ origin: ["https://a.example", "http://b.example:8080"] }, "https://A.EXAMPLE:443", true],
  [{ origin: ["https://a.example", "http://b.example:8080"] }, "http://b.example:8080", true],
  [{ origin: ["https://a.example", "http://b.example:8080"] }, "http://a.example", false],
  [{ origin: ["https://a.example", "http://b.example:8080"] }, "https://a.example.evil.example", false],
  [{ origin: ["https://a.example", "http://b.example:8080"] }, "http://own", false],
  [{ origin: ["https://a.example"] }, null, true],
  [{ origin: [] }, "http://own", false],
  [{ origin: askedFor }, "http://a.example", true],
  [{ origin: askedFor }, "http://b.example", false],
  [{ origin: askedFor }, null, true],
];

const outcomeOf = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => "allowed",
    (error: { status?: number }) => error.status,
  );

describe("who may connect", () => {
  test.each(ROWS)("%j, a page of %s: %s", async (options, origin, allowed) => {
    const server = await startServer(ECHO, options);
    const own = new URL(server.url).host;
    const value = origin === null ? {} : { origin: origin.replace("own", own) };
    expect(await outcomeOf(openClient(server.url, {}, value))).toBe(allowed ? "allowed" : 403);
  });

  test.each([
    ["https", "allowed"],
    ["http", 403],
  ])("over TLS, a page that came by %s", async (scheme, outcome) => {
    const server = await startServer(ECHO, { tls: certificate });
    const origin = `${scheme}://${new URL(server.url).host}`;
    expect(await outcomeOf(openClient(server.url, {}, { origin, tls: { ca: certificate.cert } }))).toBe(
      outcome,
    );
  });

  test.each<[string, () => Promise<boolean>]>([
    ["a promise", async () => true],
    ["a promise that rejects", () => Promise.reject(new Error("too late"))],
  ])("a function that answers with %s lets nobody in, and the process lives", async (_, rule) => {
    const faults = watchProcess();
    const warnings = watchWarnings();
    // @ts-expect-error a rule decides at once
    const server = await listen({ host: "127.0.0.1", origin: rule }, ECHO);
    expect(await outcomeOf(openClient(server.url, {}, { origin: "http://a.example" }))).toBe(500);
    await server.close();
    await expect
      .poll(() => warnings.map(String).join())
      .toContain("origin gives its answer at once, not a promise");
    expect(faults).toEqual([]);
  });
});
