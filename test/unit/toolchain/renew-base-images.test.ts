import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("renew-base-images");

/** Stands for a Docker Engine that has one image; a pull makes it `newest`. */
const engine = { id: "sha256:old", created: "2026-01-01T00:00:00Z", newest: "sha256:new" };
let pulls: string[] = [];
const server = http.createServer((request, response) => {
  if (request.method === "POST") {
    pulls.push(request.url ?? "");
    engine.id = engine.newest;
    response.end('{"status":"Pull complete"}\n');
  } else {
    response.end(JSON.stringify({ Id: engine.id, Created: engine.created }));
  }
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function renew(cache: string, since: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const [{ outcome, error }] = await runModule<
    [{ outcome?: { changed: boolean; detail: string }; error?: string }]
  >(
    `import { openProject } from "./toolchain/mechanics/project.mjs";
     import { runGraph } from "./toolchain/mechanics/graph.mjs";
     import { renewalSteps } from "./toolchain/steps/renew-base-images.mjs";
     const image = { tag: "debian:trixie-slim", suite: "trixie", variant: "minbase" };
     const signal = new AbortController().signal;
     const done = await runGraph(renewalSteps(openProject(), ${JSON.stringify(since)}, [image]), { signal });
     result(done.map(({ outcome, error }) => ({ outcome, error: error?.message })));`,
    {
      ...process.env,
      DOCKER_HOST: `tcp://127.0.0.1:${port}`,
      HIVE_CACHE: path.join(folder, cache),
      HIVE_DOWNLOADS: "",
    },
  );
  return outcome === undefined ? `failed: ${error}` : outcome.detail;
}

beforeEach(() => {
  pulls = [];
  Object.assign(engine, {
    id: "sha256:old",
    created: "2026-01-01T00:00:00Z",
    newest: "sha256:new",
  });
});

it("gets an image again that is there, once for each update", async () => {
  const first = new Date(Date.now() - 1000).toISOString();
  expect(await renew("once", first)).toBe("pulled");
  expect(pulls).toEqual([expect.stringContaining("fromImage=debian&tag=trixie-slim")]);
  expect(await renew("once", first)).toBe("current");
  expect(pulls).toHaveLength(1);
  expect(await renew("once", new Date(Date.now() + 60_000).toISOString())).toBe("no newer one");
  expect(pulls).toHaveLength(2);
});

it("asks no more when there is no newer one", async () => {
  engine.newest = engine.id;
  const since = new Date(Date.now() - 1000).toISOString();
  expect(await renew("newest", since)).toBe("no newer one");
  expect(await renew("newest", since)).toBe("current");
});

it("takes an image that was made after the update for current", async () => {
  engine.created = "2026-11-02T00:00:00Z";
  expect(await renew("made", "2026-11-01")).toBe("current");
  expect(pulls).toEqual([]);
});

it("does not believe a note about another image, such as that of another engine", async () => {
  const since = new Date(Date.now() - 1000).toISOString();
  await renew("other", since);
  engine.id = "sha256:loaded-by-hand";
  expect(await renew("other", since)).toBe("pulled");
});
