/**
 * A stage that runs gets updates by `hive update`. That the base image is asked for again is proven
 * elsewhere: on the Docker Engine that all tests share, another one would make every test after
 * this one build everything again.
 */
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { UpdateCheck } from "../../cli/update/check-text";
import { sharesTheComputer } from "./computer";
import { statusPath } from "./stage-under-test";
import { docker, eventually, fetchPage, type Finished, TestStage } from "./test-stage";

jest.setTimeout(20 * 60_000);

const prefix = "172.29.124";
const base = "debian:trixie-slim";
const stage = new TestStage("update", { cidr: `${prefix}.0/24` });
stage.write(
  "site/site.ts",
  `import { defineSite } from "../model/site";
import { portal } from "./services/portal";

export const site = defineSite({
  name: "hive.example",
  images: { portal: {} },
  networks: { portal: {} },
  services: { portal: { ...portal, routes: [{ port: 80 }] } },
});
`,
);

/**
 * A cache folder with everything of the real one, and a note of its own: that the base image was
 * asked for.
 */
const cache = mkdtempSync(join(tmpdir(), "hive-update-cache-"));
const hive = async (...args: string[]): Promise<Finished> => {
  const environment = { HIVE_CACHE: cache };
  const run = await stage.hive(args, { environment, deadlineSeconds: 1000 });
  if (run.code !== 0) throw new Error(`hive ${args.join(" ")}: ${run.code}\n${run.output}`);
  return run;
};
const server = (index: number): string => `p-hive${index}.${stage.siteName}`;
const containers = (): readonly string[] =>
  [0, 1, 2, 3].map((index) => docker("inspect", "--format", "{{.Id}}", server(index)));
const updatesOf = (index: number): readonly string[] => {
  const format = '{{index .Config.Labels "hive.updated"}}';
  const ids = docker("exec", server(index), "docker", "ps", "--quiet").split("\n");
  const images = ids.map((id) =>
    docker("exec", server(index), "docker", "inspect", "--format", "{{.Image}}", id),
  );
  return images.map((image) =>
    docker("exec", server(index), "docker", "image", "inspect", "--format", format, image),
  );
};

/** Looks at the gates again and again until it is told to stop; how many served at worst. */
async function watch(isOver: () => boolean): Promise<number> {
  let worst = 3;
  while (!isOver()) {
    const pages = await Promise.all(
      [4, 5, 6].map((end) => fetchPage(`http://${prefix}.${end}${statusPath}`)),
    );
    worst = Math.min(worst, pages.filter((page) => page?.status === 200).length);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return worst;
}

beforeAll(() => {
  const real = process.env["HIVE_CACHE"] ?? join(homedir(), ".cache", "hive");
  for (const entry of readdirSync(real).filter((name) => name !== "base-images.json"))
    symlinkSync(join(real, entry), join(cache, entry));
  const id = docker("image", "inspect", "--format", "{{.Id}}", base);
  const askedAt = new Date(Date.now() + 3600_000).toISOString();
  writeFileSync(join(cache, "base-images.json"), JSON.stringify({ [base]: { id, askedAt } }));
});

sharesTheComputer();

afterAll(async () => {
  const run = await stage.hive(["destroy", "--yes"]);
  stage.remove();
  rmSync(cache, { recursive: true });
  if (run.code !== 0) throw new Error(run.output);
});

it("looks for newer base images, and changes nothing", async () => {
  await hive("up", "--yes");
  const before = stage.read("Pulumi.private.yaml");
  const { images } = JSON.parse((await hive("update", "--check", "--json")).stdout) as UpdateCheck;
  expect(images).toMatchObject([
    { reference: base, isPinned: true, imageId: expect.stringMatching(/^sha256:/) as string },
  ]);
  expect(images[0]?.usedBy).toEqual(["gate", "portal"]);
  expect(stage.read("Pulumi.private.yaml")).toBe(before);
  expect((await hive("status")).stdout).toMatch(/^age of images: .*; never updated$/m);
});

it("renews images and servers while a gate serves at any time, and is then done", async () => {
  const before = containers();
  let isOver = false;
  const watching = watch(() => isOver);
  const run = await hive("update", "--yes").finally(() => {
    isOver = true;
  });
  expect(run.stdout).toContain("made anew from a new server image, one after the other");
  expect(await watching).toBeGreaterThanOrEqual(1);

  const [, updated = ""] = /hive:updated: "([^"]+)"/.exec(stage.read("Pulumi.private.yaml")) ?? [];
  expect(Date.parse(updated)).toBeGreaterThan(Date.now() - 3600_000);
  for (const [index, id] of containers().entries()) expect(id).not.toBe(before[index]);
  for (const index of [0, 1, 2, 3]) {
    const found = await eventually(60, () => {
      const all = updatesOf(index);
      return all.every((each) => each === updated) ? all : undefined;
    });
    expect(found.length).toBeGreaterThanOrEqual(1);
  }
  await hive("pulumi", "--", "preview", "--expect-no-changes");
  expect((await hive("status")).stdout).toMatch(/^age of images: .*; last update \d{4}-/m);
});
