import { extendSite, restoreSite } from "../extended-site";
import { type StageUnderTest, statusPage } from "../stage-under-test";
import { eventually, fetchPage } from "../test-stage";

/** A service with a port, a network and a secret of its own. */
const beside = {
  networks: `{ beside: { } }`,
  secrets: `{ "beside-token": { generate: { length: 24 } } }`,
  services: `{
    beside: {
      image: { build: "portal" },
      mode: "global",
      networks: ["beside"],
      ports: ["8085:80"],
      endpointMode: "dnsrr",
      secrets: ["beside-token"],
    },
  }`,
};

/**
 * A server that is cut off and stays away while the site is changed. It holds no task with a
 * replicated volume.
 */
export function deadHost(site: StageUnderTest): void {
  describe("a cluster server that stays away", () => {
    let dead: number;
    let alive: readonly number[];
    /** How often a run's output says that the server does not answer. */
    const named = (output: string): number =>
      output.split(`${site.host(dead)} does not answer; the run goes on`).length - 1;
    /** Waits until the others see it so; while they elect a leader, nobody answers. */
    /**
     * An engine that was cut off for minutes tries to reach the others every two minutes at most
     * (gRPC's connection backoff).
     */
    const untilSeen = (state: string): Promise<true> =>
      eventually(180, () => {
        const look = "docker node ls --format '{{.Hostname}} {{.Status}}' 2> /dev/null || true";
        const seen = site.onHost(alive[0] ?? 0, look).split("\n");
        return seen.includes(`${site.host(dead)} ${state}`) ? true : undefined;
      });
    const whatIsMissing = (output: string): string =>
      new RegExp(`${site.host(dead)} was unreachable; the next run does this there: (.*)[.]`).exec(
        output,
      )?.[1] ?? "";

    beforeAll(async () => {
      const busy = site.hostsOf("ldap");
      dead = [2, 1, 0].find((index) => !busy.includes(index)) ?? 2;
      alive = [0, 1, 2].filter((index) => index !== dead);
      site.inside(dead, "ip", "link", "set", "eth0", "down");
      await untilSeen("Down");
    });

    it("does not keep a service, a network and a port from being added; the run names it once", async () => {
      extendSite(site.stage, beside);
      const output = await site.upNotWhole();
      expect([named(output), whatIsMissing(output)]).toEqual([1, "base and firewall"]);
      for (const index of alive) {
        const answer = await fetchPage(`http://${site.addresses[index]}:8085/`);
        expect([index, answer?.status]).toEqual([index, 200]);
      }
      const status = await site.stage.hive(["status"], { deadlineSeconds: 60 });
      expect(status.output).toMatch(new RegExp(`hive${dead} is unreachable`));
    });

    it("does not keep an image from being changed, a secret from being rotated and a certificate from being renewed", async () => {
      site.stage.edit(
        "site/services/portal.ts",
        "defineService({",
        'defineService({ labels: { edition: "2" },',
      );
      site.stage.edit(
        "site/example-site.ts",
        '"am-session-key": { generate: { length: 64 } }',
        '"am-session-key": { generate: { length: 64, version: 2 } }',
      );
      site.stage.edit(statusPage, "</title>", " (without a server)</title>");
      const keyOf = (): string =>
        site.inspectService("am", "{{json .Spec.TaskTemplate.ContainerSpec.Secrets}}", alive[0]);
      const certificate = async (): Promise<string> =>
        (await site.stage.hive(["pulumi", "--", "stack", "output", "registry"])).output;
      const before = { key: keyOf(), certificate: await certificate() };
      const renew = "urn:pulumi:private::hive::**repository-registry-certificate";
      const output = await site.upNotWhole("--", "--replace", renew);
      expect(named(output)).toBe(1);
      expect(keyOf()).not.toBe(before.key);
      expect(await certificate()).not.toBe(before.certificate);
      for (const index of alive) {
        const answer = await fetchPage(`http://${site.addresses[index]}/status/`);
        expect(answer?.text).toContain("(without a server)");
      }
    });

    it("does not keep a refresh from looking at the others", async () => {
      site.onHost(alive[0] ?? 0, "rm /etc/sysctl.d/80-hive.conf");
      const run = await site.stage.hive([
        "pulumi",
        "--",
        "refresh",
        "--yes",
        "--skip-preview",
        "--diff",
      ]);
      expect(run.code).toBe(0);
      // Pulumi may print what a provider says twice: as it comes, and at the end.
      expect([1, 2]).toContain(named(run.output));
      expect(run.output).toContain("differs: /etc/sysctl.d/80-hive.conf");
    });

    it("gets what it missed by one run when it is back, and nothing is left to do", async () => {
      site.inside(dead, "ip", "link", "set", "eth0", "up");
      await untilSeen("Ready");
      // A server that the others know again may need a moment more until somebody can log in.
      const status = await eventually(120, async () => {
        const { output } = await site.stage.hive(["status"], { deadlineSeconds: 60 });
        return output.includes(`hive${dead} is unreachable`) ? undefined : output;
      });
      expect(status).toMatch(
        new RegExp(
          `hive${dead} was unreachable in the last run, and this is still to be done there: .*firewall`,
        ),
      );
      const output = await site.up();
      expect([named(output), whatIsMissing(output)]).toEqual([0, ""]);
      expect(site.inside(alive[0] ?? 0, "ls", "/etc/sysctl.d/80-hive.conf")).toContain("80-hive");
      for (const index of [0, 1, 2]) {
        const answer = await fetchPage(`http://${site.addresses[index]}:8085/`);
        expect([index, answer?.status]).toEqual([index, 200]);
      }
      expect(await site.changesOf("preview")).toBe("");
      restoreSite(site.stage);
      await site.up();
    });
  });
}
