import { planVolume } from "../../../../model/planning/plan-resources";
import { rootAccess } from "../../../../model/planning/root-access";
import { planAws } from "../../fleet/aws/aws-plans";
import { faultsOf, image, problemsOf } from "../problems-of";

const nothing = { mounts: [], capabilities: { add: [], drop: [] }, standalone: false };

/** What gives root to a service with one folder of the server. */
function ofFolder(source: string, readOnly: boolean): readonly string[] {
  const mount = { kind: "bind" as const, source, target: "/target", readOnly };
  return rootAccess({ ...nothing, mounts: [mount] }, []).map(({ text }) => text);
}

describe("a folder of the server gives root", () => {
  test.each([
    ...["/", "/etc", "/etc/shadow", "/root", "/root/.ssh", "/run", "/var", "/var/lib"],
    ...["/var/lib/docker", "/var/lib/docker/volumes", "/run/docker.sock", "/var/run/docker.sock"],
    ...["/var/run", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket"],
    ...["//etc/", "/srv/../etc", "/srv/./../run/docker.sock", "/etc/hive", "/etc/hive/registry"],
  ])("to who reads it: %s", (source) => {
    expect(ofFolder(source, true)).toEqual([`mounts ${source}`]);
    expect(ofFolder(source, false)).toEqual([`mounts ${source}`]);
  });

  test.each([
    ...["/etc/cron.d", "/etc/localtime", "/usr/local/bin", "/proc", "/sys", "/sys/fs/cgroup"],
    ...["/home/hive", "/boot", "/lib/modules", "/var/spool/cron/crontabs"],
  ])("only to who writes it: %s", (source) => {
    expect(ofFolder(source, true)).toEqual([]);
    expect(ofFolder(source, false)).toEqual([`mounts ${source}`]);
  });

  test.each([
    ...["/srv", "/srv/data", "/mnt", "/opt/app", "/var/log", "/var/lib/app", "/data/etc"],
    ...["/etcetera", "/rooted", "/run/app"],
  ])("to nobody: %s", (source) => {
    expect([ofFolder(source, true), ofFolder(source, false)]).toEqual([[], []]);
  });

  test("hive's own gate reads its configuration, and no more", () => {
    expect(ofFolder("/etc/hive/gate", true)).toEqual([]);
  });
});

describe("a volume of the driver local gives root", () => {
  const ofVolume = (driverOptions: Record<string, string>, readOnly = false, driver = "local") =>
    rootAccess(
      {
        ...nothing,
        mounts: [{ kind: "volume", volume: "data", target: "/target", readOnly }],
      },
      [{ name: "data", driver, driverOptions }],
    ).map(({ text }) => text);

  test.each<[Record<string, string>, string]>([
    [{ type: "none", o: "bind", device: "/" }, "mounts / as the volume data"],
    [{ o: "rw,rbind", device: "/etc" }, "mounts /etc as the volume data"],
    [{ type: "ext4", device: "/dev/sda1" }, "mounts /dev/sda1 as the volume data"],
    [{ type: "overlay", o: "lowerdir=/srv:/root" }, "mounts /root as the volume data"],
  ])("%j", (options, text) => {
    expect(ofVolume(options)).toEqual([text]);
    expect(ofVolume(options, true)).toEqual([text]);
  });

  test("unless it is only read and then harmless", () => {
    const options = { o: "bind", device: "/usr/share" };
    expect(ofVolume(options)).toEqual(["mounts /usr/share as the volume data"]);
    expect(ofVolume(options, true)).toEqual([]);
    expect(ofVolume({ ...options, o: "bind,ro" })).toEqual([]);
  });

  test.each<[Record<string, string>]>([
    [{}],
    [{ type: "tmpfs", device: "tmpfs", o: "size=1m" }],
    [{ type: "nfs", device: ":/etc", o: "addr=192.0.2.1" }],
    [{ type: "cifs", device: "//server/etc", o: "username=x" }],
    [{ o: "bind", device: "/srv/data" }],
  ])("and not %j", (options) => {
    expect(ofVolume(options)).toEqual([]);
  });

  test("and not one of another driver", () => {
    expect(ofVolume({ o: "bind", device: "/" }, false, "hive-shared")).toEqual([]);
  });

  test("but not by the disk that hive or the stage gives a replicated volume", () => {
    const plan = planAws();
    const ldap = plan.services.find(({ name }) => name === "ldap");
    const [volume] = plan.volumes;
    expect(volume?.driverOptions["device"]).toBe("/dev/hive/ldap-data");
    expect(ldap === undefined ? undefined : rootAccess(ldap, plan.volumes)).toEqual([]);
    const drbd = planVolume("ldap-data", { replicated: { size: "1GiB" } }, "drbd");
    expect(drbd.driverOptions["device"]).toMatch(/^\/dev\/drbd/);
    expect(ldap === undefined ? undefined : rootAccess(ldap, [drbd])).toEqual([]);
  });
});

test.each(["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "DAC_READ_SEARCH"])(
  "the capability %s gives root",
  (name) => {
    expect(rootAccess({ ...nothing, capabilities: { add: [name], drop: [] } }, [])).toEqual([
      { text: `has the capability ${name}` },
    ]);
  },
);

describe("a site says which services can become root on its servers", () => {
  const site = (service: object) => ({ services: { web: { image, ...service } } });
  const socket = { source: "/var/run/docker.sock", target: "/var/run/docker.sock" };

  test("one that does not is refused, with what gives it", () => {
    const service = { volumes: [socket], capabilities: { add: ["cap_sys_admin", "NET_ADMIN"] } };
    expect(faultsOf(site(service))).toEqual([
      "site/services/web.ts: services.web.rootOnServers: is missing: the service mounts /var/run/docker.sock, has the capability SYS_ADMIN, so its programs can become root on the servers",
    ]);
    expect(problemsOf(site(service))).toEqual([
      "site/services/web.ts: services.web.rootOnServers | write `rootOnServers: true` if that is meant; else remove it",
    ]);
    expect(faultsOf(site({ ...service, rootOnServers: true }))).toEqual([]);
    expect(faultsOf(site({ ...service, rootOnServers: false }))).toHaveLength(1);
  });

  test("reading only is a remedy where it helps", () => {
    const zone = { source: "/etc/localtime", target: "/etc/localtime" };
    expect(problemsOf(site({ volumes: [zone] }))[0]).toMatch(/ or mount it readOnly$/);
    expect(problemsOf(site({ volumes: [zone, socket] }))[0]).not.toContain("readOnly");
    expect(faultsOf(site({ volumes: [{ ...zone, readOnly: true }] }))).toEqual([]);
  });

  test("a volume that is a folder of the server counts, and so does systemd", () => {
    const volumes = {
      host: { driver: { name: "local", options: { type: "none", o: "bind", device: "/" } } },
    };
    const service = { volumes: [{ source: "host", target: "/host" }] };
    expect(faultsOf({ ...site(service), volumes })).toHaveLength(1);
    expect(faultsOf(site({ standalone: true }))).toEqual([
      "site/services/web.ts: services.web.rootOnServers: is missing: the service is a system of its own, so its programs can become root on the servers",
    ]);
  });

  test("a service that cannot needs no word, and may have it", () => {
    expect(faultsOf(site({ rootOnServers: true }))).toEqual([]);
    expect(faultsOf(site({ capabilities: { add: ["NET_ADMIN"] } }))).toEqual([]);
  });
});
