import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "./run-module";

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
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

  it("has the SHA-512 of every package, so that no registry can put another one in its place", () => {
    const open = Object.entries(packages).filter(
      ([place, { integrity = "" }]) =>
        place !== "" && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity),
    );
    expect(open.map(([place]) => place)).toEqual([]);
  });

  it("lets no package run a program when it is installed", () => {
    const settings = readFileSync(path.join(projectRoot, ".npmrc"), "utf8").split("\n");
    expect(settings).toContain("ignore-scripts=true");
  });

  it("names no registry", () => {
    expect(Object.entries(packages).filter(([, locked]) => locked.resolved !== undefined)).toEqual(
      [],
    );
  });
});
