/**
 * A long random series on a real stage: every run gets another site, in which volumes and ports
 * have moved between services at random. Each must end well in one `hive up`, and no volume ever
 * has two writers.
 *
 * `HIVE_LONG_SEED` repeats a series, `HIVE_LONG_ROUNDS` sets its length (default 12), and
 * `HIVE_LONG_FROM` goes on with one that ended before that round. What a series did is printed, as
 * a line for docs/proofs.md.
 */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { StageUnderTest } from "../e2e/stage-under-test";
import { eventually, fetchPage } from "../e2e/test-stage";

const rounds = Number(process.env["HIVE_LONG_ROUNDS"] ?? "12");
const seed = Number(process.env["HIVE_LONG_SEED"] ?? String(Date.now() % 1_000_000));
const from = Number(process.env["HIVE_LONG_FROM"] ?? "0");

jest.setTimeout((rounds + 3) * 5 * 60_000);

const names = ["ada", "bob", "cyd", "dan"] as const;
const volumes = ["journal", "ledger"] as const;
const ports = [8081, 8082] as const;

type Name = (typeof names)[number];

/** Who holds what: each volume and each port has one holder. */
interface Holdings {
  readonly volumes: Readonly<Record<(typeof volumes)[number], Name>>;
  readonly ports: Readonly<Record<(typeof ports)[number], Name>>;
}

const holdings: fc.Arbitrary<Holdings> = fc.record({
  volumes: fc.record({ journal: fc.constantFrom(...names), ledger: fc.constantFrom(...names) }),
  ports: fc.record({ 8081: fc.constantFrom(...names), 8082: fc.constantFrom(...names) }),
});

/**
 * Serves its service's name on every port of its own, and appends its task's name to every volume
 * of its own.
 */
const dockerfile = `FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends busybox && rm -rf /var/lib/apt/lists/*
COPY program /program
ENTRYPOINT ["/bin/sh", "/program"]
`;
const program = `trap 'kill $(jobs -p); wait; exit 0' TERM
mkdir -p /www && echo "$NAME" > /www/index.html
for port in $PORTS; do busybox httpd -f -p "$port" -h /www & done
while :; do
  for volume in $VOLUMES; do echo "$NAME/$HOSTNAME" >> "/data/$volume/writers"; done
  sleep 0.2
done
`;

function siteText(name: string, { volumes: held, ports: published }: Holdings): string {
  const services = names.flatMap((service) => {
    const own = volumes.filter((volume) => held[volume] === service);
    const open = ports.filter((port) => published[port] === service);
    if (own.length === 0 && open.length === 0) return [];
    const mode = own.length > 0 ? "{ replicas: 1 }" : '"global"';
    const mounts = own.map((volume) => `{ source: "${volume}", target: "/data/${volume}" }`);
    const listed = open.map(
      (port) => `{ target: ${port}, published: ${port}, mode: "host" as const }`,
    );
    return [
      `${service}: { image: { build: "tool" }, endpointMode: "dnsrr", mode: ${mode}, stopGracePeriod: "3s",
      environment: { NAME: "${service}", VOLUMES: "${own.join(" ")}", PORTS: "${open.join(" ")}" },
      volumes: [${mounts.join(", ")}], ports: [${listed.join(", ")}] }`,
    ];
  });
  return `import { defineSite } from "../model/site";
export const site = defineSite({
  name: "${name}",
  images: { tool: {} },
  volumes: { journal: { replicated: { size: "64MiB" } }, ledger: { replicated: { size: "64MiB" } } },
  services: {
    ${services.join(",\n    ")},
  },
});
`;
}

describe(`${rounds} random changes of a site, from round ${from} of seed ${seed}`, () => {
  const site = new StageUnderTest("long", "172.29.76.0/24");
  const { stage } = site;

  beforeAll(() => {
    stage.write("site/images/tool/Dockerfile", dockerfile);
    stage.write("site/images/tool/program", program);
  });

  let done = 0;
  let seconds = 0;
  afterAll(() => {
    const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" });
    const rest =
      done === rounds ? "" : `; go on with HIVE_LONG_SEED=${seed} HIVE_LONG_FROM=${from + done}`;
    console.log(
      `| ${new Date().toISOString().slice(0, 10)} | ${commit.stdout.trim()} | \`random-changes\`, seed ${seed}, ` +
        `rounds ${from} to ${from + rounds - 1} | ${done} of ${rounds}, ${seconds.toFixed(0)} s${rest} |`,
    );
  });

  afterAll(async () => {
    const run = await stage.hive(["destroy", "--yes"], { deadlineSeconds: 600 });
    stage.remove();
    if (run.code !== 0) throw new Error(run.output);
  });

  /** Tasks that wrote to a volume, each once for every stretch of lines that is its own. */
  const writers = (volume: string): readonly string[] =>
    site
      .onHost(0, `uniq /var/lib/hive-shared/${volume}/data/writers 2>/dev/null || true`)
      .split("\n")
      .filter((line) => line !== "");

  // A round's site follows from seed and number alone: a part of a series is the same in any run.
  const steps = fc.sample(holdings, { seed, numRuns: from + rounds });

  it.each(steps.map((step, index) => ({ index, step })).slice(from))(
    "round $index: $step",
    async ({ index, step }) => {
      stage.write("site/site.ts", siteText(stage.siteName, step));
      const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 280 });
      if (run.code !== 0) throw new Error(`Round ${index}: exit code ${run.code}\n${run.output}`);
      console.log(`Round ${index} of seed ${seed}: ${run.seconds.toFixed(0)} s`);

      for (const volume of volumes) {
        await eventually(20, () =>
          writers(volume).at(-1)?.startsWith(`${step.volumes[volume]}/`) === true
            ? true
            : undefined,
        );
        // A task that writes again after another one did was there at the same time.
        const stretches = writers(volume);
        expect({ volume, twice: repeated(stretches) }).toEqual({ volume, twice: [] });
      }
      for (const port of ports) {
        const holder = step.ports[port];
        await eventually(20, async () => {
          const answers = await Promise.all(
            site.addresses.map((address) => fetchPage(`http://${address}:${port}/`)),
          );
          const seen = answers.flatMap((answer) => (answer === undefined ? [] : [answer.text]));
          const holds = volumes.some((volume) => step.volumes[volume] === holder);
          const expected = Array<string>(holds ? 1 : 3).fill(`${holder}\n`);
          return JSON.stringify(seen) === JSON.stringify(expected) ? true : undefined;
        });
      }
      expect(await site.changesOf("preview")).toBe("");
      done += 1;
      seconds += run.seconds;
    },
  );
});

/** What stands more than once in a list. */
function repeated(list: readonly string[]): readonly string[] {
  return list.filter((entry, index) => list.indexOf(entry) !== index);
}
