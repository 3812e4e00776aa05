import { proves } from "../../proves";
import { extendSite, restoreSite } from "../extended-site";
import type { StageUnderTest } from "../stage-under-test";
import { docker, eventually, fetchPage } from "../test-stage";

/** The exit code of a run that is done, though the site is not whole. */
const notWhole = 5;

/** One task with a port that answers, and a port that its program does not listen on. */
const speaker = {
  services: `{
    speaker: {
      image: { build: "portal" },
      endpointMode: "dnsrr",
      ports: ["8086:80/http", { target: 9, published: 8087, protocol: "https" }],
    },
  }`,
};

/** What `hive status` and the end of a run say of a site that is not whole. */
export function wholeSite(site: StageUnderTest): void {
  const { stage } = site;

  describe("a server that is frozen", () => {
    it("is named by status, and resumed by up, which ends when the site is whole", async () => {
      const frozen = [0, 1, 2].find((index) => !site.hostsOf("ldap").includes(index)) ?? 0;
      // A container whose processes are busy cannot always be frozen at the first try.
      await eventually(60, () => {
        try {
          return docker("pause", site.container(frozen)) !== "";
        } catch {
          return undefined;
        }
      });
      try {
        const status = await stage.hive(["status"], { deadlineSeconds: 60 });
        expect(status.code).toBe(1);
        expect(status.output).toContain(
          `p-hive${frozen} is paused: \`npx hive up --stack private\` resumes it.`,
        );
        const output = await site.up();
        expect(output).toContain(`The private stage of ${stage.siteName} is up.`);
      } finally {
        const state = docker("inspect", "--format", "{{.State.Status}}", site.container(frozen));
        if (state === "paused") docker("unpause", site.container(frozen));
        expect(state).toBe("running");
      }
    });
  });

  describe("the addresses of a service with one task", () => {
    proves("ports.protocol=http", "ports.protocol=https")(
      "are URLs of the server that runs it; one that does not answer is named at the run's end, which has a code of its own",
      async () => {
        extendSite(stage, speaker);
        const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 300 });
        const address = site.addresses[site.hostOf("speaker")] ?? "";
        expect([run.code, run.output]).toEqual([
          notWhole,
          expect.stringContaining(
            `speaker does not answer at https://${address}:8087/: connection refused.`,
          ),
        ]);
        expect(run.output).toMatch(
          new RegExp(`open speaker +http://${address}:8086/ \\(moves with its task\\)$`, "m"),
        );
        expect((await fetchPage(`http://${address}:8086/`))?.status).toBe(200);
        const status = await stage.hive(["status"], { deadlineSeconds: 60 });
        expect(status.output).not.toContain("All is well.");
        const outputs = JSON.parse((await stage.hive(["outputs", "--json"])).stdout) as {
          readonly services: Readonly<Record<string, object>>;
        };
        expect(outputs.services["speaker"]).toMatchObject({
          endpoints: [],
          movingEndpoints: [8086, 8087].flatMap((port) =>
            site.addresses.map((each) => `http${port === 8087 ? "s" : ""}://${each}:${port}/`),
          ),
        });
        restoreSite(stage);
        await site.up();
      },
    );
  });
}
