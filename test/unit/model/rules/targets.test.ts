import { faultsOf, image, problemsOf } from "../problems-of";

const site = (service: Record<string, unknown>): Record<string, unknown> => ({
  volumes: { data: { local: {} }, more: { local: {} } },
  secrets: { key: { generate: {} } },
  configs: { app: { content: "x" } },
  services: { web: { image, mode: "global", ...service } },
});
const faults = (service: Record<string, unknown>): readonly string[] =>
  faultsOf(site(service)).map((fault) => fault.replace("site/services/web.ts: services.web.", ""));

test("folders may lie in each other, also over the root and with the secrets inside", () => {
  expect(
    faults({
      rootOnServers: true,
      volumes: [
        { source: "data", target: "/data" },
        { source: "more", target: "/data/more" },
        { source: "/", target: "/host", readOnly: true },
        { source: "/proc", target: "/host/proc", readOnly: true },
        { source: "/proc/stat", target: "/proc/stat", readOnly: true },
        { source: "/sys", target: "/sys" },
      ],
      tmpfs: [{ target: "/run" }],
      secrets: ["key"],
      configs: [{ config: "app", target: "/data/app.conf" }],
    }),
  ).toEqual([]);
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "the root",
    { volumes: [{ source: "data", target: "/" }] },
    "volumes[0].target: is not an absolute path without . and ..",
  ],
  [
    "the folder of the secrets",
    { tmpfs: [{ target: "/run/secrets/" }], secrets: ["key"] },
    "tmpfs[0].target: is where the Docker Engine puts the secrets of the service",
  ],
  [
    "a secret's file",
    { volumes: [{ source: "data", target: "/run/secrets/key" }], secrets: ["key"] },
    "secrets[0]: is already the target of site/services/web.ts: services.web.volumes[0].target",
  ],
  [
    "the same place in other words",
    {
      volumes: [{ source: "data", target: "/etc//app" }],
      configs: [{ config: "app", target: "/etc/app" }],
    },
    "configs[0].target: is already the target of site/services/web.ts: services.web.volumes[0].target",
  ],
  [
    "a place below a file",
    {
      volumes: [{ source: "data", target: "/etc/app/data" }],
      configs: [{ config: "app", target: "/etc/app" }],
    },
    "volumes[0].target: is below /etc/app, which is a file (site/services/web.ts: services.web.configs[0].target): the container would not start",
  ],
  [
    "the kernel's own",
    { volumes: [{ source: "data", target: "/proc" }] },
    "volumes[0].target: is in /proc, where the kernel shows processes: a container with a mount there does not start",
  ],
  [
    "the kernel's settings",
    { configs: [{ config: "app", target: "/proc/sys/net/core/somaxconn" }] },
    "configs[0].target: is in /proc, where the kernel shows processes: a container with a mount there does not start",
  ],
  [
    "the file of names, with a volume",
    { volumes: [{ source: "data", target: "/etc/hosts" }] },
    "volumes[0].target: is a file that the Docker Engine writes for every container, but this is a folder: the container would not start",
  ],
  [
    "the file of the host name, with a file system in memory",
    { tmpfs: [{ target: "/etc//hostname" }] },
    "tmpfs[0].target: is a file that the Docker Engine writes for every container, but this is a folder: the container would not start",
  ],
  [
    "the file of name servers, with a volume",
    { volumes: [{ source: "data", target: "/etc/resolv.conf", readOnly: true }] },
    "volumes[0].target: is a file that the Docker Engine writes for every container, but this is a folder: the container would not start",
  ],
  [
    "a place below the file of names",
    { configs: [{ config: "app", target: "/etc/hosts/app" }] },
    "configs[0].target: is below /etc/hosts, which is a file of every container: the container would not start",
  ],
])("nothing stands at %s", (_, service, fault) => {
  expect(faults(service)).toEqual([fault]);
});

test("without secrets their folder is free", () => {
  expect(faults({ volumes: [{ source: "data", target: "/run/secrets" }] })).toEqual([]);
});

test("files may stand in the place of the engine's files of names, and folders are told what to do", () => {
  expect(
    faults({
      volumes: [{ source: "/srv/hosts", target: "/etc/hosts" }],
      secrets: [{ secret: "key", target: "/etc/hostname" }],
      configs: [{ config: "app", target: "/etc/resolv.conf" }],
      tmpfs: [{ target: "/etc/hosts.d" }],
    }),
  ).toEqual([]);
  expect(problemsOf(site({ volumes: [{ source: "data", target: "/etc/resolv.conf" }] }))).toEqual([
    "site/services/web.ts: services.web.volumes[0].target | choose another target; the key `dns` of the service sets the content of this file",
  ]);
});
