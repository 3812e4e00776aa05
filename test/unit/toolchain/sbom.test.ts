import { readFileSync } from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { projectRoot, runModule } from "./run-module";

interface Component {
  name: string;
  version: string;
  purl?: string;
}

describe("the bill of materials", () => {
  it("has the modules of a go.mod after its replacements, and none of the project's own folders", async () => {
    const goMod = `module hive/x

go 1.26

require example.com/one v1.0.0

require (
\texample.com/two/v2 v2.3.4 // indirect
\texample.com/fork v0.1.0+incompatible
\texample.com/own/shim v0.0.0
)

replace example.com/fork v0.1.0 => example.com/better v0.2.0

replace (
\texample.com/own/shim => ./shims/own
)
`;
    const modules = await runModule<Component[]>(`
      import { goModules } from "./toolchain/mechanics/bill-of-materials.mjs";
      result(goModules(${JSON.stringify(goMod)}));`);
    expect(modules.map(({ purl }) => purl).sort()).toEqual([
      "pkg:golang/example.com/better@v0.2.0",
      "pkg:golang/example.com/one@v1.0.0",
      "pkg:golang/example.com/two/v2@v2.3.4",
    ]);
  });

  it("of this project names its packages, modules and programs, each with a version", () => {
    const bill = JSON.parse(
      execFileSync(process.execPath, [path.join(projectRoot, "toolchain/sbom.mjs")], {
        cwd: "/",
        encoding: "utf8",
        maxBuffer: 1 << 26,
      }),
    ) as { bomFormat: string; components: Component[] };
    expect(bill.bomFormat).toBe("CycloneDX");
    const { packages } = JSON.parse(
      readFileSync(path.join(projectRoot, "package-lock.json"), "utf8"),
    ) as { packages: Record<string, { version: string }> };
    const has = (name: string, version: string): boolean =>
      bill.components.some((part) => part.name === name && part.version === version);
    expect(has("ssh2", packages["node_modules/ssh2"]?.version ?? "")).toBe(true);
    expect(has("pulumi", "3.259.0")).toBe(true);
    expect(has("actionlint", "1.7.12")).toBe(true);
    expect(has("github.com/rhysd/actionlint", "v1.7.12")).toBe(true);
    expect(has("github.com/pulumi/pulumi/sdk/v3", "v3.251.0")).toBe(true);
    expect(bill.components.filter(({ version }) => version === "")).toEqual([]);
  });
});

test("the three images of hive make theirs with the same program", () => {
  const programs = ["gate", "host", "registry"].map((image) =>
    readFileSync(
      path.join(projectRoot, `platform/images/${image}/files/usr/local/lib/hive-sbom`),
      "utf8",
    ),
  );
  expect(new Set(programs).size).toBe(1);
});
