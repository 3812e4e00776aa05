import type { VolumePlan } from "../../../../model/plan";
import { serviceMounts } from "../../../../model/service/mounts";

const volume = (name: string, kind: VolumePlan["kind"], driver: string): VolumePlan => ({
  name,
  kind,
  driver,
  driverOptions: { type: "x" },
});

describe("serviceMounts", () => {
  const mount = (name: string) =>
    ({ kind: "volume", volume: name, target: "/data", readOnly: false }) as const;

  it("gives a volume the driver that the plan chose, and fills only what is not replicated from the image", () => {
    const volumes = [
      volume("data", "replicated", "hive-shared"),
      volume("cache", "local", "local"),
    ];
    expect(serviceMounts([mount("data"), mount("cache")], volumes)).toEqual([
      expect.objectContaining({ source: "data", driver: "hive-shared", noCopy: true }),
      expect.objectContaining({ source: "cache", driver: "local", noCopy: false }),
    ]);
  });

  it("leaves folders of the host and file systems in memory as they are", () => {
    const others = [
      { kind: "bind", source: "/srv", target: "/srv", readOnly: true },
      { kind: "tmpfs", target: "/tmp", mode: "1777" },
    ] as const;
    expect(serviceMounts(others, [])).toEqual(others);
  });

  it("does not pass over a volume that the plan lacks", () => {
    expect(() => serviceMounts([mount("data")], [])).toThrow("The plan has no volume data.");
  });
});
