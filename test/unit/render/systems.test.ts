import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderConverge } from "../../../render/converge";
import { readyStep } from "../../../render/ready";
import { refuseOtherSystems, serverSystems } from "../../../render/systems";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-systems-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the check says on a server with this os-release; undefined: it has none. */
function said(osRelease: string | undefined): { status: number | null; text: string } {
  const file = join(folder, "os-release");
  rmSync(file, { force: true });
  if (osRelease !== undefined) writeFileSync(file, osRelease);
  const script = `set -u\nfail() { echo "$*"; exit 1; }\n${refuseOtherSystems.replaceAll("/etc/os-release", file)}\necho "on $system"`;
  const { status, stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8", input: "" });
  return { status, text: stdout.trim() };
}

test.each([
  ['ID=debian\nVERSION_ID="12"\n', "on debian-12"],
  ['PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n', "on debian-13"],
  ['ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', "on ubuntu-24.04"],
])("a server with %j is set up", (osRelease, text) => {
  expect(said(osRelease)).toEqual({ status: 0, text });
});

test.each([
  ['ID=ubuntu\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04.5 LTS"\n', "Ubuntu 22.04.5 LTS"],
  ['ID=debian\nPRETTY_NAME="Debian GNU/Linux forky/sid"\n', "Debian GNU/Linux forky/sid"],
  ["ID=alpine\nVERSION_ID=3.20.1\n", "alpine-3.20.1"],
  [undefined, "an unknown system"],
])("a server with %j is refused, with the systems that are supported", (osRelease, name) => {
  expect(said(osRelease)).toEqual({
    status: 1,
    text: `it runs ${name}, but hive supports only Debian 12, Debian 13, Ubuntu 24.04. Give the server one of these systems, then run again`,
  });
});

test("the gate refuses before it waits for anything", () => {
  expect(readyStep().indexOf("hive supports")).toBeLessThan(readyStep().indexOf("cloud-init"));
});

test("the packages of the Docker Engine, by system", () => {
  const packages = Object.fromEntries(
    serverSystems.map(({ id, dockerEngine }) => [id, dockerEngine]),
  );
  expect(packages).toMatchInlineSnapshot(`
    {
      "debian-12": [
        {
          "name": "docker.io",
          "unlessCommand": "dockerd",
        },
      ],
      "debian-13": [
        {
          "name": "docker.io",
          "unlessCommand": "dockerd",
        },
        {
          "name": "docker-cli",
          "unlessCommand": "docker",
        },
        {
          "name": "docker-buildx",
          "unlessCommand": "/usr/libexec/docker/cli-plugins/docker-buildx",
        },
      ],
      "ubuntu-24.04": [
        {
          "name": "docker.io",
          "unlessCommand": "dockerd",
        },
        {
          "name": "docker-buildx",
          "unlessCommand": "/usr/libexec/docker/cli-plugins/docker-buildx",
        },
      ],
    }
  `);
});

test("a step installs on each system what it is called there, beside what is called the same everywhere", () => {
  const command = renderConverge({
    title: "sample",
    packages: [{ name: "curl" }],
    systemPackages: ({ id, dockerEngine }) =>
      id === "ubuntu-24.04" ? [{ name: "other" }] : dockerEngine,
  });
  const { stdout } = spawnSync("bash", ["-c", `sudo() { cat; }\n${command}`], {
    encoding: "utf8",
    input: "",
  });
  const lines = stdout.split("\n");
  const begin = lines.indexOf("case $system in");
  expect(lines.slice(begin, begin + 5)).toEqual([
    "case $system in",
    "  debian-12) packages '' docker.io/dockerd curl ;;",
    "  debian-13) packages '' docker.io/dockerd docker-cli/docker docker-buildx//usr/libexec/docker/cli-plugins/docker-buildx curl ;;",
    "  ubuntu-24.04) packages '' other curl ;;",
    "esac",
  ]);
});
