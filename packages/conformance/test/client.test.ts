import { connect } from "@plyws/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { type HostOptions, judgeClients, type Report } from "../src/index.ts";

async function startHost(options: HostOptions = {}) {
  const host = await judgeClients(options);
  onTestFinished(() => host.close());
  return host;
}

/** All texts that come on a connection until it ends. */
async function texts(url: string): Promise<unknown[]> {
  const socket = await connect(url);
  const received: unknown[] = [];
  for await (const data of socket) received.push(data);
  return received;
}

describe("the protocol for clients", () => {
  test("is that of the fuzzing server of Autobahn", async () => {
    const reports: Report[] = [];
    const host = await startHost({ cases: "1.1.1,1.1.2", onReport: (report) => reports.push(report) });
    expect(await texts(`${host.url}/getCaseCount`)).toEqual(["2"]);
    expect(await texts(`${host.url}/getCaseInfo?case=2`)).toEqual([
      '{"id":"1.1.2","description":"a text message of 125 octets"}',
    ]);
    expect(await texts(`${host.url}/getCaseStatus?case=1&agent=a`)).toEqual(['{"behavior":null}']);
    const socket = await connect(
      `${host.url}/runCase?case=1&agent=a`,
      {},
      { message: (it, data) => void it.send(data) },
    );
    expect(await socket.closed).toMatchObject({ code: 1000, clean: true });
    expect(await texts(`${host.url}/getCaseStatus?case=1&agent=a`)).toEqual(['{"behavior":"OK"}']);
    expect(await texts(`${host.url}/getCaseStatus?casetuple=1.1.1&agent=a`)).toEqual(['{"behavior":"OK"}']);
    expect(reports).toEqual([]);
    await texts(`${host.url}/updateReports?agent=a`);
    expect(reports).toMatchObject([
      { agent: "a", role: "client", results: [{ id: "1.1.1", behavior: "OK" }] },
    ]);
  });

  test("a client that does not echo fails, and one that is gone too", async () => {
    const host = await startHost({ cases: "1.1.2", timeout: 200 });
    const silent = await connect(`${host.url}/runCase?case=1&agent=silent`, {}, { message: () => {} });
    await silent.closed;
    const gone = await connect(`${host.url}/runCase?case=1&agent=gone`);
    gone.terminate();
    await gone.closed;
    await texts(`${host.url}/getCaseStatus?case=1&agent=gone`);
    expect(host.reports).toMatchObject([
      { agent: "silent", results: [{ behavior: "FAILED", behaviorClose: "UNCLEAN" }] },
      { agent: "gone", results: [{ behavior: "FAILED", behaviorClose: "FAILED" }] },
    ]);
  });

  test("browsers get a page, and nothing else", async () => {
    const host = await startHost();
    const base = host.url.replace("ws", "http");
    const found = await fetch(`${base}/`);
    expect([found.status, found.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await found.text()).toContain("This browser, case by case");
    expect((await fetch(`${base}/etc/passwd`)).status).toBe(404);
  });

  test.each(["/", "/elsewhere", "/runCase?case=99999", "/runCase"])("%s runs no case", async (path) => {
    const host = await startHost();
    await texts(host.url + path).catch(() => []);
    expect(host.reports).toEqual([]);
  });
});
