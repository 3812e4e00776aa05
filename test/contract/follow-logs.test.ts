import { Readable } from "node:stream";
import { followHostLogs } from "../../cli/logs/host-logs";
import { closeIdleConnections } from "../../providers/transport/pool";
import { type FakeHost, startFakeHost } from "./fake/fake-host";

jest.setTimeout(60_000);

/** A stream that does not end by itself. */
const endless = (): Readable => new Readable({ read: () => undefined });

/** A line as a log of the engine has it: a header of eight bytes, then time and text. */
function frame(text: string): Buffer {
  const line = Buffer.from(`2026-11-23T09:00:00.000000000Z ${text}\n`);
  const header = Buffer.alloc(8);
  header[0] = 1;
  header.writeUInt32BE(line.length, 4);
  return Buffer.concat([header, line]);
}

let host: FakeHost;
const containers: number[] = [];
const events = endless();

beforeAll(async () => {
  host = await startFakeHost("hive0.example", ({ path }) => {
    if (path === "/events") return { status: 200, body: events };
    if (path === "/containers/json") {
      const listed = containers.map((index) => ({
        Id: `c${index}`,
        State: "running",
        Labels: {
          "com.docker.swarm.service.name": "web",
          "com.docker.swarm.task.name": `web.${index}.task${index}`,
          "com.docker.swarm.task.id": `task${index}`,
        },
      }));
      return { status: 200, body: listed };
    }
    if (path.endsWith("/logs")) {
      const stream = endless();
      stream.push(frame(`line of ${path.split("/")[2]}`));
      return { status: 200, body: stream };
    }
    return { status: 200, body: { Config: { Tty: false } } };
  });
});
afterAll(async () => {
  closeIdleConnections();
  await host.stop();
});

test("all tasks of a host are followed, however many, and so is one that starts meanwhile", async () => {
  containers.push(...Array.from({ length: 11 }, (_, index) => index + 1));
  const seen = new Set<string>();
  const stop = new AbortController();
  const request = { service: "web", tail: "all" as const, since: 0, wanted: () => true };
  const lines = (_task: unknown, printed: readonly { readonly text: string }[]): void => {
    for (const { text } of printed) seen.add(text);
  };
  const work = followHostLogs(host.access, request, { lines, note: () => undefined }, stop.signal);
  const until = async (count: number): Promise<void> => {
    const end = Date.now() + 20_000;
    while (seen.size < count && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await until(11);
  expect(seen.size).toBe(11);
  containers.push(12);
  events.push('{"Type":"container","Action":"start"}\n');
  await until(12);
  expect([...seen]).toContain("line of c12");
  stop.abort(new Error("enough"));
  await work;
});
