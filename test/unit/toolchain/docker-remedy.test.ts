import { runModule } from "./run-module";

const base = {
  os: "linux",
  distribution: ["debian"],
  wsl: false,
  root: false,
  systemd: true,
  installed: false,
  socket: "absent",
  address: "unix:///var/run/docker.sock",
  addressGiven: false,
  user: "ann",
};

async function remedy(more: Record<string, unknown>): Promise<string> {
  const { problem, remedy } = await runModule<{ problem: string; remedy: string[] }>(`
    import { dockerRemedy } from "./toolchain/mechanics/docker-remedy.mjs";
    result(dockerRemedy(${JSON.stringify({ ...base, ...more })}));`);
  return [problem, ...remedy].join("\n");
}

describe("what to do without a Docker Engine", () => {
  it.each([
    [
      "Debian, not root",
      {},
      [
        "sudo apt-get install -y docker.io",
        "sudo systemctl enable --now docker",
        "sudo usermod -aG docker ann",
      ],
    ],
    [
      "Ubuntu's child, not root",
      { distribution: ["linuxmint", "ubuntu", "debian"] },
      ["sudo apt-get install -y docker.io"],
    ],
    [
      "Fedora",
      { distribution: ["fedora"] },
      ["sudo dnf install -y moby-engine", "sudo systemctl enable --now docker"],
    ],
    ["Rocky", { distribution: ["rocky", "rhel", "centos", "fedora"] }, ["sudo dnf install"]],
    ["Arch", { distribution: ["arch"] }, ["sudo pacman -S --noconfirm docker"]],
    ["an unknown Linux", { distribution: ["other"] }, ["https://docs.docker.com/engine/install/"]],
    [
      "macOS without Docker",
      { os: "darwin", distribution: [] },
      ["brew install --cask docker-desktop", "open -a Docker"],
    ],
    [
      "macOS with Docker off",
      { os: "darwin", distribution: [], installed: true },
      ["does not run", "open -a Docker"],
    ],
    ["Windows", { os: "win32", distribution: [] }, ["wsl --install"]],
    [
      "WSL",
      { wsl: true, distribution: ["ubuntu", "debian"] },
      ["WSL integration", "sudo apt-get install -y docker.io"],
    ],
    [
      "an engine that is off",
      { installed: true, socket: "silent" },
      ["nothing answers", "sudo systemctl enable --now docker"],
    ],
    [
      "an engine this user may not use",
      { installed: true, socket: "denied" },
      ["may not use", "sudo usermod -aG docker ann"],
    ],
    [
      "a wrong DOCKER_HOST",
      { addressGiven: true, address: "tcp://nowhere:2375" },
      ["DOCKER_HOST=tcp://nowhere:2375"],
    ],
  ])("on %s", async (_what, facts, lines) => {
    const text = await remedy(facts);
    for (const line of lines) expect(text).toContain(line);
  });

  it("needs no sudo for root, and no systemd where none runs", async () => {
    const text = await remedy({ root: true, systemd: false, installed: true });
    expect(text).toContain("node toolchain/docker-engine.mjs start");
    expect(text).not.toContain("sudo");
    expect(text).not.toContain("systemctl");
  });

  it("does not tell to install an engine where one is only out of reach", async () => {
    for (const facts of [{ installed: true, socket: "denied" }, { addressGiven: true }]) {
      expect(await remedy(facts)).not.toMatch(/install -y|pacman/);
    }
  });

  it("reads the distribution from os-release", async () => {
    const ids = await runModule<string[]>(`
      import { distributionIds } from "./toolchain/mechanics/docker-remedy.mjs";
      result(distributionIds('NAME="Linux Mint"\\nID=linuxmint\\nVERSION_ID="22"\\nID_LIKE="ubuntu debian"\\n'));`);
    expect(ids).toEqual(["linuxmint", "ubuntu", "debian"]);
  });
});
