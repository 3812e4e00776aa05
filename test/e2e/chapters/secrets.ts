import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../files-below";
import type { StageUnderTest } from "../stage-under-test";

/** A secret value, or a part of it that stands for all of it. */
export interface Secret {
  readonly name: string;
  readonly needle: string;
}

/**
 * Of a server: where programs write, and what images and containers consist of. Of a container's
 * own folder all but `mounts`: there, in memory, are the secrets that it may read.
 */
const writtenPlaces =
  "tmp var/tmp var/log home root opt srv usr/local var/lib/hive var/lib/docker/containers/*/[!m]* var/lib/docker/image var/lib/docker/overlay2/*/diff";

/**
 * Searches every place that others than the stage's operators may read. It comes after the chapters
 * whose output and processes it searches.
 *
 * @param least how many secrets the state has at least
 * @param given values that the operator gave, by name
 */
export function secrets(
  site: StageUnderTest,
  least = 8,
  given: Readonly<Record<string, string>> = {},
): void {
  const { stage } = site;
  let secrets: readonly Secret[] = [];
  const leaksIn = (places: Iterable<readonly [place: string, text: string]>): string[] =>
    [...places].flatMap(([place, text]) =>
      secrets
        .filter(({ needle }) => text.includes(needle))
        .map(({ name }) => `${name} in ${place}`),
    );

  describe("secrets", () => {
    it("stand in clear in no state, output, log, process list or image's history", async () => {
      const generated = await secretsInState(site);
      expect(generated.length).toBeGreaterThanOrEqual(least);
      secrets = [
        ...generated,
        ...Object.entries(given).map(([name, needle]) => ({ name, needle })),
        { name: "the passphrase", needle: stage.read(join(stage.home, "passphrase")).trim() },
      ];

      const places = new Map<string, string>();
      for (const file of filesBelow(join(stage.directory, stage.home))) {
        if (!/\/ssh\/|passphrase$/.test(file)) places.set(file, readFileSync(file, "latin1"));
      }
      for (const index of [0, 1, 2, 3]) {
        places.set(
          `processes of ${site.host(index)}`,
          site.onHost(
            index,
            "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'",
          ),
        );
        places.set(`journal of ${site.host(index)}`, site.onHost(index, "journalctl --no-pager"));
        places.set(
          `containers of ${site.host(index)}`,
          site.onHost(
            index,
            "docker ps -aq | xargs -r docker inspect; docker images -q | sort -u | xargs -r -n1 docker history --no-trunc",
          ),
        );
      }
      expect(leaksIn(places)).toEqual([]);
    });

    it("came to the terminal by no command, and were in no argument or environment while one ran", async () => {
      const outputs = await stage.hive(["outputs", "--json"]);
      const { services } = JSON.parse(outputs.stdout) as { services: Record<string, unknown> };
      const showing = [
        ["status"],
        ["plan", "--json"],
        ["preview"],
        ["preview", "--format", "markdown"],
        ["preview", "--format", "json"],
        ["audit"],
        ...Object.keys(services).map((name) => ["logs", name, "--tail", "all"]),
        ["pulumi", "--", "preview", "--diff"],
        ["pulumi", "--", "stack", "export"],
      ];
      for (const words of showing) expect((await stage.hive(words)).output).not.toBe("");
      expect(stage.printed.map(({ command }) => command)).toContain("up --yes");
      expect(stage.processes.seen).toMatch(/cli\/bin\.js\0up\0(--stack\0[a-z]+\0)?--yes/);
      expect(
        leaksIn([
          ...stage.printed.map(({ command, output }) => [`hive ${command}`, output] as const),
          ["the processes of this computer", stage.processes.seen],
        ]),
      ).toEqual([]);
    });

    it("are in no file of an image or container, and in none that a program left on a server", () => {
      const [control] = secrets;
      const needles = secrets.map(({ needle }) => needle).join("\n");
      for (const index of [0, 1, 2, 3]) {
        // One file has them: it shows that the search finds what there is.
        withInput(site.container(index), "cat > /var/tmp/control", control?.needle ?? "");
        const found = withInput(
          site.container(index),
          `cd / && LC_ALL=C grep --recursive --devices=skip --no-messages --text --fixed-strings --files-with-matches --file=- ${writtenPlaces}; rm /var/tmp/control`,
          needles,
        );
        expect([index, found.trim().split("\n")]).toEqual([index, ["var/tmp/control"]]);
      }
    });

    it("are in no core dump: programs in containers write none", () => {
      for (const index of [0, 1, 2, 3]) {
        const limits = site.onHost(
          index,
          "for each in $(docker ps --quiet | xargs docker inspect --format '{{.State.Pid}}'); do grep 'core file' /proc/$each/limits; done",
        );
        expect(limits).toMatch(/^(Max core file size +0 +0 +bytes *\n?)+$/);
      }
    });
  });
}

/** The secrets that the state of a stage has, by the names of their resources. */
export async function secretsInState({ stage }: StageUnderTest): Promise<Secret[]> {
  const exported = await stage.hive(["pulumi", "--", "stack", "export", "--show-secrets"]);
  const state = JSON.parse(exported.stdout) as { deployment: { resources: StateResource[] } };
  return state.deployment.resources.flatMap(secretsOf);
}

/** Runs a shell script in a container; what it reads stands in no argument. */
function withInput(container: string, script: string, input: string): string {
  const words = ["exec", "--interactive", container, "bash", "-c", script];
  const run = spawnSync("docker", words, { input, encoding: "utf8", timeout: 180_000 });
  if (run.status !== 0) throw new Error(`docker exec ${container}: ${run.stderr}`);
  return run.stdout;
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Passwords as they are, and of keys a line from their middle, which no public half shares. */
function secretsOf(resource: StateResource): Secret[] {
  const name = resource.urn.split("::").at(-1) ?? resource.urn;
  return ["result", "privateKey", "privateKeyPem"].flatMap((key) => {
    const output = resource.outputs?.[key] as { plaintext?: string } | undefined;
    if (output?.plaintext === undefined) return [];
    const value = JSON.parse(output.plaintext) as string;
    const lines = value.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    return [{ name, needle: lines[Math.floor(lines.length / 2)] ?? value }];
  });
}
