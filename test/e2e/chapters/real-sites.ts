import { Resolver } from "node:dns/promises";
import { type Extension, extendSite, restoreSite } from "../extended-site";
import type { StageUnderTest } from "../stage-under-test";
import { eventually } from "../test-stage";

/**
 * Two sites that others run, from images of Debian's packages: a name server with its database
 * (hive-builder's own example), and a web application with its database, which stands in for
 * nextcloud. Both: test/sites/.
 */
const extension: Extension = {
  images: `{
    pdnsdb: { context: "test/sites/images/pdnsdb" }, powerdns: { context: "test/sites/images/powerdns" },
    "cloud-db": { context: "test/sites/images/cloud-db" }, cloud: { context: "test/sites/images/cloud" },
  }`,
  secrets: '{ "db-password": { generate: {} } }',
  volumes:
    '{ "pdnsdb-data": { replicated: { size: "512MiB" } }, "cloud-db-data": { replicated: { size: "512MiB" } } }',
  services: `{
    pdnsdb: {
      image: { build: "pdnsdb" }, endpointMode: "dnsrr", secrets: ["db-password"],
      volumes: [{ source: "pdnsdb-data", target: "/var/lib/mysql" }],
    },
    powerdns: {
      // As process 1, pdns_server would not hear that it is to stop.
      image: { build: "powerdns" }, init: true, endpointMode: "dnsrr", secrets: ["db-password"], dependsOn: ["pdnsdb"],
      ports: ["5300:53", "5300:53/udp"],
      initialize: [{
        name: "zone", unless: ["sh", "-c", "pdnsutil list-zone real.example | grep -q SOA"],
        command: ["sh", "-ec", "pdnsutil create-zone real.example ns.real.example; pdnsutil add-record real.example www A 192.0.2.80"],
      }],
    },
    "cloud-db": {
      image: { build: "cloud-db" }, endpointMode: "dnsrr", secrets: ["db-password"],
      volumes: [{ source: "cloud-db-data", target: "/var/lib/postgresql/data" }],
    },
    cloud: {
      image: { build: "cloud" }, endpointMode: "dnsrr", secrets: ["db-password"], dependsOn: ["cloud-db"],
      mode: { replicas: 2 }, placement: { maxReplicasPerHost: 1 }, ports: ["8090:80"],
    },
  }`,
};

/**
 * The name server answers, the application keeps what it is given, and both do so after their
 * databases have started anew.
 */
export function realSites(site: StageUnderTest): void {
  const { stage } = site;
  const inTask = (service: string, ...command: string[]): string => {
    const [index = 0] = site.hostsOf(service);
    const filter = `label=com.docker.swarm.service.name=${service}`;
    const id = site.inside(index, "docker", "ps", "--quiet", "--filter", filter);
    return site.inside(index, "docker", "exec", id.split("\n")[0] ?? "", ...command);
  };
  const resolved = (): Promise<string[]> => {
    const resolver = new Resolver({ timeout: 2000, tries: 3 });
    resolver.setServers([`${site.addresses[site.hostOf("powerdns")] ?? ""}:5300`]);
    return resolver.resolve4("www.real.example");
  };
  const notes = (): string => inTask("cloud", "curl", "-fsS", "http://127.0.0.1/");
  /** As {@link notes}; undefined while the application has no database. */
  const notesAgain = (): string | undefined => {
    try {
      return notes();
    } catch {
      return undefined;
    }
  };

  describe("sites that others run", () => {
    it("come up from images of Debian's packages", async () => {
      extendSite(stage, extension);
      await site.up();
      expect(await resolved()).toEqual(["192.0.2.80"]);
      inTask("cloud", "curl", "-fsS", "--data", "first note", "http://127.0.0.1/");
      expect(notes()).toBe("first note");
      expect(await site.changesOf("preview")).toBe("");
    });

    it("keep their data when the task of a database starts anew", async () => {
      for (const service of ["pdnsdb", "cloud-db"]) {
        site.inside(0, "docker", "service", "update", "--detach=false", "--force", service);
      }
      expect(await eventually(60, notesAgain)).toBe("first note");
      expect(await resolved()).toEqual(["192.0.2.80"]);
    });

    it("go when they are taken out", async () => {
      restoreSite(stage);
      await site.up();
      expect(site.inside(0, "docker", "service", "ls", "--format", "{{.Name}}")).not.toMatch(
        /pdns|cloud/,
      );
    });
  });
}
