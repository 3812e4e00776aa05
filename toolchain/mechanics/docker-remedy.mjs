// @ts-check
/** The message for a computer on which no Docker Engine answers: facts in, text out. */

/**
 * @typedef {object} DockerFacts
 * @property {string} os as Node.js names it: `linux`, `darwin`, `win32`
 * @property {string[]} distribution ids of the Linux distribution and those it is like
 *   (os-release(5)), nearest first: `["ubuntu", "debian"]`; empty elsewhere
 * @property {boolean} wsl runs in the Windows Subsystem for Linux
 * @property {boolean} root
 * @property {boolean} systemd systemd runs as process 1
 * @property {boolean} installed a `dockerd` is on the PATH (or Docker Desktop is installed)
 * @property {"absent" | "denied" | "silent"} socket no socket file; this user may not use it; no
 *   answer
 * @property {string} address what was asked: `unix:///var/run/docker.sock`
 * @property {boolean} addressGiven the user's DOCKER_HOST says so
 * @property {string} user
 */

/**
 * @param {DockerFacts} facts
 * @returns {{problem: string, remedy: string[]}}
 */
export function dockerRemedy(facts) {
  const again = "then run the command again.";
  if (facts.addressGiven) {
    return {
      problem: `No Docker Engine answers at DOCKER_HOST=${facts.address}.`,
      remedy: [
        "Correct DOCKER_HOST, or unset it to use this computer's own Docker Engine, " + again,
      ],
    };
  }
  if (facts.socket === "denied") {
    return {
      problem: `A Docker Engine is installed, but the user ${facts.user} may not use ${facts.address}.`,
      remedy: [
        "Allow it (members of that group are as powerful as root on this computer):",
        `  sudo usermod -aG docker ${facts.user}`,
        "  newgrp docker",
        again,
      ],
    };
  }
  if (facts.os === "darwin") {
    return facts.installed
      ? {
          problem: "Docker is installed, but does not run.",
          remedy: ["Start it:", "  open -a Docker", again],
        }
      : {
          problem: "There is no Docker Engine on this Mac.",
          remedy: [
            "Install one and start it:",
            "  brew install --cask docker-desktop",
            "  open -a Docker",
            again,
          ],
        };
  }
  if (facts.os === "win32") {
    return {
      problem: "hive does not run on Windows itself; it runs in the Windows Subsystem for Linux.",
      remedy: [
        "In PowerShell:",
        "  wsl --install -d Ubuntu",
        "then, in the Ubuntu window, clone hive again and run npm start.",
      ],
    };
  }
  const sudo = facts.root ? "" : "sudo ";
  if (facts.installed) {
    return {
      problem: `A Docker Engine is installed, but nothing answers at ${facts.address}.`,
      remedy: ["Start it:", ...startLines(facts, sudo), again],
    };
  }
  const wsl = facts.wsl
    ? [
        "Docker Desktop for Windows does too: switch on Settings > Resources > WSL integration for this distribution.",
        "Or install an engine here:",
      ]
    : [];
  return {
    problem: "There is no Docker Engine on this computer.",
    remedy: [
      ...(wsl.length > 0 ? wsl : ["Install one and start it:"]),
      ...installLines(facts, sudo),
      again,
    ],
  };
}

/** @param {DockerFacts} facts @param {string} sudo @returns {string[]} */
function startLines(facts, sudo) {
  if (facts.systemd) return [`  ${sudo}systemctl enable --now docker`];
  return facts.root
    ? ["  node toolchain/docker-engine.mjs start"]
    : [`  ${sudo}service docker start`];
}

/** @param {DockerFacts} facts @param {string} sudo @returns {string[]} */
function installLines(facts, sudo) {
  const like = (/** @type {string[]} */ ...names) =>
    facts.distribution.some((id) => names.includes(id));
  const group = facts.root ? [] : [`  sudo usermod -aG docker ${facts.user}`, "  newgrp docker"];
  if (like("debian", "ubuntu")) {
    return [
      `  ${sudo}apt-get update`,
      `  ${sudo}apt-get install -y docker.io`,
      ...startLines(facts, sudo),
      ...group,
    ];
  }
  if (like("fedora", "rhel", "centos")) {
    return [`  ${sudo}dnf install -y moby-engine`, ...startLines(facts, sudo), ...group];
  }
  if (like("arch"))
    return [`  ${sudo}pacman -S --noconfirm docker`, ...startLines(facts, sudo), ...group];
  if (like("suse", "opensuse"))
    return [`  ${sudo}zypper install -y docker`, ...startLines(facts, sudo), ...group];
  if (like("alpine"))
    return [
      `  ${sudo}apk add docker`,
      `  ${sudo}rc-update add docker`,
      `  ${sudo}service docker start`,
      ...group,
    ];
  return ["  follow https://docs.docker.com/engine/install/", ...group];
}

/**
 * The ids in an os-release(5) file, the distribution's own first.
 * @param {string} text
 * @returns {string[]}
 */
export function distributionIds(text) {
  const value = (/** @type {string} */ key) => {
    const match = new RegExp(`^${key}=(.*)$`, "m").exec(text);
    return (match?.[1] ?? "").trim().replace(/^(["'])(.*)\1$/, "$2");
  };
  return [value("ID"), ...value("ID_LIKE").split(/\s+/)].filter((id) => id !== "");
}
