import { gateName } from "../../model/gate";
import { commandLine, quote } from "../../render/shell";

/** Limit of {@link containerProbe} on a server, seconds. */
export const containerProbeSeconds = 60;

/** Rights of the container: none. */
const rights = [
  ...["--rm", "--pull=never", "--no-healthcheck", "--read-only", "--cap-drop=ALL"],
  ...["--security-opt=no-new-privileges", "--user=65534:65534", "--memory=64m"],
  ...["--pids-limit=256", "--log-driver=none", "--entrypoint=bash"],
];

/** What runs in the container: all targets at once, each for three seconds at most. */
const inside = `for target in "$@"; do
  timeout 3 bash -c 'exec 3<> "/dev/tcp/\${1%:*}/\${1##*:}"' dial "$target" 2> /dev/null && echo "open $target" &
done
wait
echo asked`;

/**
 * A script for bash as root on a server: starts one container without rights for some seconds, of
 * an image that runs there and has bash, the gate's first, and prints `open <target>` for each
 * target that takes a TCP connection from it, and `asked` at its end. Nothing is sent.
 *
 * @param targets `<IPv4 address>:<port>`
 */
export function containerProbe(targets: readonly string[]): string {
  const run = (...words: readonly string[]): string =>
    `timeout --kill-after=2 20 ${commandLine("docker", "run", ...rights, ...words)}`;
  return `export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
images() {
  docker ps --quiet --filter ${quote(`label=com.docker.swarm.service.name=${gateName}`)} | xargs --no-run-if-empty docker inspect --format '{{.Image}}'
  docker ps --quiet | xargs --no-run-if-empty docker inspect --format '{{.Image}}' | sort --unique
}
for image in $(images | awk '!seen[$0]++' | head -n 5); do
  ${run("--network=none")} "$image" -c true < /dev/null > /dev/null 2>&1 || continue
  ${run("--network=bridge")} "$image" -c ${quote(inside)} probe ${targets.map(quote).join(" ")} < /dev/null
  exit
done
`;
}

/** Reads what {@link containerProbe} printed; undefined: it found no container to ask from. */
export function readContainerProbe(stdout: string): readonly string[] | undefined {
  const lines = stdout.split("\n");
  if (!lines.includes("asked")) return undefined;
  return lines.flatMap((line) => (line.startsWith("open ") ? [line.slice(5)] : [])).sort();
}
