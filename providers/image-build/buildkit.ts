import { PassThrough, type Readable } from "node:stream";
import { runCommand } from "../transport/command";
import type { HostAccess } from "../transport/host-access";
import { describeBuildFailure } from "./build-failure";
import { startBuildLog } from "./build-log";
import { readBuildKit } from "./buildkit-output";
import type { BuildRequest } from "./build-request";
import { packBuildContext } from "./context";

/** Limit for a whole build, seconds. */
export const BUILD_SECONDS = 1500;

/**
 * Runs on the build host. Standard input is the header of {@link renderBuildHeader} and, right
 * behind it, the build context: `read` takes no byte more than its line from a pipe.
 *
 * The docker command gets secrets as files in memory. Only this user can read them, and they are
 * gone when the script ends. The script also ends when nobody listens any more, because the run was
 * interrupted or the connection was lost: it prints an empty line every second to find that out
 * (sshd tells a command nothing, and ssh2 sends no signal once standard input has ended). After a
 * power loss the host has no such files. The next build removes those of a killed script when they
 * are older than the limit of a build, and BuildKit's cache after a week.
 */
const SCRIPT = `
set -euo pipefail
umask 077
exec 2>&1
find /dev/shm -mindepth 1 -maxdepth 1 -name "hive-build.*" -user "$(id -un)" -mmin +60 -exec rm -rf {} +
folder=$(mktemp -d /dev/shm/hive-build.XXXXXXXX)
trap "rm -rf $folder" EXIT
trap "exit 143" TERM HUP INT
if [ "$(stat -f -c %T "$folder")" != tmpfs ]; then
  echo "/dev/shm is not in memory, so no secret may be put there."
  exit 1
fi
words=()
while IFS=" " read -r kind name value; do
  case $kind in
    word) word=$(printf %s "$name" | base64 -d; printf .); words+=("\${word%.}") ;;
    secret) printf %s "$value" | base64 -d > "$folder/$name"; words+=(--secret "id=$name,src=$folder/$name") ;;
    context) break ;;
  esac
done
DOCKER_BUILDKIT=1 docker build --progress=plain "\${words[@]}" - <&0 &
builder=$!
trap "kill -KILL $builder; exit 143" TERM HUP INT
{
  trap "" PIPE
  while sleep 1 && kill -0 $builder && echo; do :; done
  kill -KILL $builder
} 2> /dev/null &
wait $builder
docker builder prune --force --filter until=168h > /dev/null || true
`.trim();

/**
 * Builds an image with BuildKit, through the docker command on the host. For features that the
 * classic builder does not have, see `needsBuildKit`.
 *
 * @throws Error as `buildImage` does.
 */
export async function buildWithBuildKit(
  host: HostAccess,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<void> {
  const log = startBuildLog(request.name, Object.values(request.secrets));
  const reader = readBuildKit(log);
  try {
    const { code } = await runCommand(host, `exec bash -c '${SCRIPT}'`, {
      stdin: withHeader(renderBuildHeader(request), packBuildContext(request.contextFolder)),
      onOutput: (text) => reader.take(text),
      deadlineSeconds: BUILD_SECONDS,
      signal,
    });
    if (code === 0) return;
    const failure = reader.finish();
    throw new Error(
      describeBuildFailure(
        host.name,
        request,
        log.step(),
        failure === "" ? `the docker command failed with exit code ${code}` : failure,
        log.lines(),
      ),
    );
  } finally {
    log.end();
  }
}

/**
 * The header that the script reads before the context: arguments of `docker build`, and the
 * secrets.
 */
export function renderBuildHeader(request: BuildRequest): string {
  const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64");
  const pairs = (option: string, record: Readonly<Record<string, string>>): string[] =>
    Object.entries(record).flatMap(([name, value]) => [option, `${name}=${value}`]);
  const words = [
    "--tag",
    request.name,
    ...pairs("--label", request.labels),
    ...pairs("--build-arg", request.buildArguments),
    ...(request.target === undefined ? [] : ["--target", request.target]),
    ...(request.networkMode === undefined ? [] : ["--network", request.networkMode]),
    ...(request.noCache ? ["--no-cache"] : []),
  ];
  return [
    ...words.map((word) => `word ${encode(word)}`),
    ...Object.entries(request.secrets).map(([name, value]) => `secret ${name} ${encode(value)}`),
    "context",
    "",
  ].join("\n");
}

/** A stream with a text in front of it. */
function withHeader(header: string, body: Readable): Readable {
  const whole = new PassThrough();
  whole.write(header);
  body.once("error", (error) => whole.destroy(error));
  body.pipe(whole);
  return whole;
}
