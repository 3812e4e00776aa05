import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "./run-module";

interface LockedPackage {
  version?: string;
  resolved?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(
  readFileSync(path.join(projectRoot, "package-lock.json"), "utf8"),
) as {
  packages: Record<string, LockedPackage>;
};

/**
 * Whether a package finds another one from where it lies, as Node.js looks: beside itself, then
 * further up.
 */
function finds(from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (`${at}${at === "" ? "" : "/"}node_modules/${name}` in packages) return true;
    if (at === "") return false;
  }
}

describe("package-lock.json", () => {
  it("holds every package that another asks for, those of other platforms too: else npm ci refuses it", () => {
    const missing = Object.entries(packages).flatMap(([place, locked]) =>
      Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
        .filter((name) => !finds(place, name))
        .map((name) => `${name}, which ${place} asks for`),
    );
    expect(missing).toEqual([]);
  });

  it("names no registry", () => {
    expect(Object.entries(packages).filter(([, locked]) => locked.resolved !== undefined)).toEqual(
      [],
    );
  });
});
