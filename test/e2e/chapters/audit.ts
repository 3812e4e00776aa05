import { chmodSync } from "node:fs";
import { join } from "node:path";
import type { StageUnderTest } from "../stage-under-test";

/** A weakness that somebody puts into the stage. */
interface Planted {
  /** The findings that it must lead to, as `<id> <short name of the server>`. */
  readonly found: readonly string[];
  /** Index of the server. */
  readonly on: number;
  readonly plant: string;
  readonly undo: string;
}

/** Starts a container of the gate's image by hand. */
const byHand = `docker run --detach --name planted --publish 8099:8099 --pid host --cap-add SYS_PTRACE \
--volume /var/run/docker.sock:/docker.sock --entrypoint sleep \
$(docker ps --quiet --filter label=com.docker.swarm.service.name=gate | xargs docker inspect --format '{{.Image}}') 1000`;

const planted: readonly Planted[] = [
  {
    found: ["foreign-key p-hive0"],
    on: 0,
    plant:
      "echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlantedPlantedPlantedPlantedPlantedPlanted00 planted' >> /etc/ssh/authorized_keys/hive",
    undo: "sed -i '/ planted$/d' /etc/ssh/authorized_keys/hive",
  },
  {
    found: ["sshd-match p-hive0", "sshd-settings p-hive0"],
    on: 0,
    plant:
      "printf 'Match User hive\\n  PasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/90-planted.conf",
    undo: "rm /etc/ssh/sshd_config.d/90-planted.conf",
  },
  {
    found: ["authority-in-store p-hive0"],
    on: 0,
    plant: "touch /usr/local/share/ca-certificates/hive-planted.crt",
    undo: "rm /usr/local/share/ca-certificates/hive-planted.crt",
  },
  {
    found: ["network-foreign the Swarm"],
    on: 0,
    plant: "docker network create --driver overlay planted",
    undo: "docker network rm planted",
  },
  {
    found: ["firewall-rules p-hive1", "port-from-container p-hive1", "port-open p-hive1"],
    on: 1,
    plant: "nft delete table inet hive",
    undo: "systemctl reload-or-restart hive-firewall.service",
  },
  {
    found: [
      "container-by-hand p-hive1",
      "container-capabilities p-hive1",
      "container-mount p-hive1",
      "container-privileged p-hive1",
    ],
    on: 1,
    plant: byHand,
    undo: "docker rm --force planted",
  },
  {
    found: ["sudo-rule p-hive2"],
    on: 2,
    plant: "echo 'www-data ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/planted",
    undo: "rm /etc/sudoers.d/planted",
  },
  {
    found: ["group-member p-hive2", "password p-hive2"],
    on: 2,
    plant: "useradd --shell /bin/bash --groups docker --password '$6$planted$planted' planted",
    undo: "userdel planted",
  },
  {
    found: ["docker-socket p-hive2"],
    on: 2,
    plant: "chmod 0666 /run/docker.sock",
    undo: "chmod 0660 /run/docker.sock",
  },
  {
    found: ["file-mode p-hive3"],
    on: 3,
    plant: "chmod 0644 /etc/hive/registry/tls.key",
    undo: "chmod 0600 /etc/hive/registry/tls.key",
  },
];

/** A running stage, looked over for weaknesses: as it was built, and with some. */
export function audit(site: StageUnderTest): void {
  describe("an audit", () => {
    const { stage } = site;
    const home = join(stage.directory, ".hive");
    /** `<id> <short name of the server>` of all findings. */
    const audited = async (): Promise<{ code: number | null; found: readonly string[] }> => {
      const run = await stage.hive(["audit", "--json"]);
      const { findings } = JSON.parse(run.stdout) as {
        findings: readonly { readonly id: string; readonly where: string }[];
      };
      const found = findings.map(({ id, where }) => `${id} ${where.split(".")[0]}`);
      return { code: run.code, found: [...new Set(found)].sort() };
    };

    it("finds nothing on a stage as it was built, and leaves nothing there", async () => {
      const run = await stage.hive(["audit"]);
      expect(run.output).toContain("Nothing was found on 4 servers.");
      expect(run.code).toBe(0);
      expect(site.onHost(0, "docker ps --all --format '{{.Names}}'")).not.toMatch(
        /^[a-z]+_[a-z]+$/m,
      );
    });

    it("finds each planted weakness, and nothing when all are taken out", async () => {
      for (const { on, plant } of planted) site.onHost(on, plant);
      chmodSync(home, 0o750);
      let there;
      try {
        there = await audited();
      } finally {
        for (const { on, undo } of planted) site.onHost(on, undo);
        chmodSync(home, 0o700);
      }
      expect(there).toEqual({
        code: 1,
        found: [...planted.flatMap(({ found }) => found), "local-files this computer"].sort(),
      });
      expect(await audited()).toEqual({ code: 0, found: [] });
    });

    it("names a server that does not answer, and looks at the others", async () => {
      site.onHost(3, "systemctl stop ssh.service");
      try {
        expect(await audited()).toEqual({ code: 1, found: ["unreachable p-hive3"] });
      } finally {
        site.onHost(3, "systemctl start ssh.service");
      }
      expect(await audited()).toEqual({ code: 0, found: [] });
    });
  });
}
