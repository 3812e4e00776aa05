import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../files-below";
import type { StageUnderTest } from "../stage-under-test";

/** @param least how many secrets the stage has at least */
export function secrets(site: StageUnderTest, least = 8): void {
  describe("secrets", () => {
    it("stand in clear in no state, output, log, process list or image layer", async () => {
      const exported = await site.stage.hive(["pulumi", "--", "stack", "export", "--show-secrets"]);
      const state = JSON.parse(exported.stdout) as { deployment: { resources: StateResource[] } };
      const secrets = state.deployment.resources.flatMap(secretsOf);
      expect(secrets.length).toBeGreaterThanOrEqual(least);

      const places = new Map<string, string>();
      for (const file of filesBelow(join(site.stage.directory, ".hive"))) {
        if (!/\/ssh\/|passphrase$/.test(file)) places.set(file, readFileSync(file, "latin1"));
      }
      places.set("stack outputs", (await site.stage.hive(["outputs", "--json"])).output);
      places.set("plan", (await site.stage.hive(["plan", "--json"])).output);
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
      const found = [...places].flatMap(([place, text]) =>
        secrets
          .filter(({ needle }) => text.includes(needle))
          .map(({ name }) => `${name} in ${place}`),
      );
      expect(found).toEqual([]);
    });
  });
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Passwords as they are, and of keys a line from their middle, which no public half shares. */
function secretsOf(resource: StateResource): { name: string; needle: string }[] {
  const name = resource.urn.split("::").at(-1) ?? resource.urn;
  return ["result", "privateKey", "privateKeyPem"].flatMap((key) => {
    const output = resource.outputs?.[key] as { plaintext?: string } | undefined;
    if (output?.plaintext === undefined) return [];
    const value = JSON.parse(output.plaintext) as string;
    const lines = value.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    return [{ name, needle: lines[Math.floor(lines.length / 2)] ?? value }];
  });
}
