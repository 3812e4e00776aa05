import { type StageUnderTest, statusPath } from "../stage-under-test";
import { docker, fetchPage } from "../test-stage";

/** The cluster grows to five servers and shrinks again, while people use it. */
export function grownCluster(site: StageUnderTest): void {
  describe("a cluster of three servers that becomes one of five, and of three again", () => {
    const own = [0, 1, 2, 3];
    const containers = (): string =>
      own.map((index) => docker("inspect", "--format", "{{.Id}}", site.host(index))).join();
    /** The tasks of services that need not change, with the servers that they run on. */
    const tasks = (): string =>
      site.onHost(
        0,
        "docker service ps ldap am portal --filter desired-state=running --format '{{.ID}} {{.Node}}' | sort",
      );
    const managers = (): string[] =>
      site
        .onHost(0, "docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'")
        .split("\n")
        .map((line) => line.replace("Leader", "Reachable"))
        .sort();
    const wanted = (...indices: number[]): string[] =>
      indices.map((index) => `${site.host(index)} Ready Reachable`);
    /**
     * `hive up`, while pages are asked for on the servers that stay; the requests that got no
     * answer.
     */
    const upUnderLoad = async (): Promise<string[]> => {
      const failed: string[] = [];
      let asked = 0;
      let isOver = false;
      const ask = async (): Promise<void> => {
        while (!isOver) {
          for (const address of site.addresses) {
            const answer = await fetchPage(`http://${address}${statusPath}`);
            asked += 1;
            if (answer?.status !== 200) failed.push(`${address}: ${answer?.status ?? "no answer"}`);
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
      };
      const asking = ask();
      try {
        await site.up();
      } finally {
        isOver = true;
        await asking;
      }
      expect(asked).toBeGreaterThan(50);
      return failed;
    };

    it("keeps every server, every task and every request", async () => {
      const before = { containers: containers(), tasks: tasks() };
      site.stage.configure({ clusterHosts: 5 });
      expect(await upUnderLoad()).toEqual([]);
      expect(managers()).toEqual(wanted(0, 1, 2, 4, 5));
      expect({ containers: containers(), tasks: tasks() }).toEqual(before);
      const added = [4, 5].map((index) => site.addresses[0]?.replace(/\d+$/, String(4 + index)));
      for (const address of added) {
        expect((await fetchPage(`http://${address}${statusPath}`))?.status).toBe(200);
      }
      // The new names are there after a restart of a server, too.
      expect(
        site.onHost(1, "/usr/local/lib/hive/hosts check; getent hosts " + site.host(5)),
      ).toContain(site.host(5));
      expect(await site.changesOf("preview")).toBe("");
      site.stage.configure({ clusterHosts: 3 });
      expect(await upUnderLoad()).toEqual([]);
      expect(managers()).toEqual(wanted(0, 1, 2));
      expect({ containers: containers(), tasks: tasks() }).toEqual(before);
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
