import { buildLocally, docker } from "./local-image";

jest.setTimeout(300_000);

test.each(["gate", "registry", "host"])(
  "the image %s has the bill of its Debian packages, as CycloneDX",
  async (name) => {
    const image = await buildLocally(`platform/images/${name}`);
    const inside = (...command: readonly string[]): Promise<string> =>
      docker(
        "run",
        "--rm",
        "--network",
        "none",
        "--entrypoint",
        command[0] ?? "",
        image,
        ...command.slice(1),
      );
    const bill = JSON.parse(await inside("cat", "/usr/share/hive/sbom.cdx.json")) as {
      bomFormat: string;
      specVersion: string;
      metadata: { component: { name: string } };
      components: { name: string; version: string; purl?: string }[];
    };
    expect(bill).toMatchObject({
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      metadata: { component: { name } },
    });
    const listed = bill.components
      .filter(({ purl }) => purl !== undefined)
      .map((part) => `${part.name} ${part.version}`);
    const installed = await inside(
      "dpkg-query",
      "--show",
      "--showformat",
      "${Package} ${Version}\n",
    );
    expect(listed.sort()).toEqual(installed.split("\n").sort());
    for (const { name: part, version, purl } of bill.components) {
      if (purl === undefined) continue;
      const decoded = /^pkg:deb\/debian\/([^@]+)@([^?]+)\?arch=\w+&distro=debian-13$/.exec(purl);
      expect(decoded?.slice(1).map(decodeURIComponent)).toEqual([part, version]);
    }
  },
);
