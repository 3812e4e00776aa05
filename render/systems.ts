/** A package that the step needs. */
export interface ConvergePackage {
  /** Name in the system's archive. */
  readonly name: string;
  /** The package is not needed where this command exists, e.g. `dockerd` from another source. */
  readonly unlessCommand?: string;
}

/** A server system that the set-up of hosts supports. */
export interface ServerSystem {
  /** `ID` and `VERSION_ID` of os-release(5), joined by a dash. */
  readonly id: string;
  readonly name: string;
  /** Packages of the Docker Engine and the docker command, from the distribution's own archive. */
  readonly dockerEngine: readonly ConvergePackage[];
}

const engine: ConvergePackage = { name: "docker.io", unlessCommand: "dockerd" };
/**
 * BuildKit of the docker command, which builds images with secrets: a package of its own since
 * Docker 23.
 */
const buildx: ConvergePackage = {
  name: "docker-buildx",
  unlessCommand: "/usr/libexec/docker/cli-plugins/docker-buildx",
};

/**
 * All supported systems. All differences between them are here. Debian 13 took the
 * docker command out of `docker.io`; Ubuntu has `docker.io` in universe, which its servers and
 * cloud images have among their sources.
 */
export const serverSystems: readonly ServerSystem[] = [
  { id: "debian-12", name: "Debian 12", dockerEngine: [engine] },
  {
    id: "debian-13",
    name: "Debian 13",
    dockerEngine: [engine, { name: "docker-cli", unlessCommand: "docker" }, buildx],
  },
  { id: "ubuntu-24.04", name: "Ubuntu 24.04", dockerEngine: [engine, buildx] },
];

/**
 * A line for bash that puts the id of the server's system into `$system`; empty where there is no
 * os-release.
 */
export const readSystem = `system=$(. /etc/os-release 2> /dev/null && printf %s "\${ID:-}-\${VERSION_ID:-}" || true)`;

/** Text for bash that calls `fail` on any other system. */
export const refuseOtherSystems = `
${readSystem}
case $system in
  ${serverSystems.map(({ id }) => id).join(" | ")}) ;;
  *) fail "it runs $(. /etc/os-release 2> /dev/null && printf %s "\${PRETTY_NAME:-$system}" || echo "an unknown system"), but hive supports only ${serverSystems.map(({ name }) => name).join(", ")}. Give the server one of these systems, then run again" ;;
esac
`.trim();
