import type { RegistryAuth } from "../registry/registry-auth";
import { runCommand } from "../transport/command";
import type { HostAccess } from "../transport/host-access";

/**
 * Removes an image's manifest from a registry. The Engine API cannot do that, so curl on the host does, which trusts the
 * registry by the file that the host's engine uses. The account goes through curl's standard input.
 *
 * @returns whether it is gone, or was not there; false when the registry or the host cannot be asked. Never throws.
 */
export async function removeManifest(
  host: HostAccess,
  repository: string,
  digest: string,
  auth: RegistryAuth | undefined,
): Promise<boolean> {
  const slash = repository.indexOf("/");
  const registry = repository.slice(0, slash);
  const name = repository.slice(slash + 1);
  const options = {
    request: "DELETE",
    url: `https://${registry}/v2/${name}/manifests/${digest}`,
    cacert: `/etc/docker/certs.d/${registry}/ca.crt`,
    "max-time": "15",
    output: "/dev/null",
    "write-out": "%{http_code}",
    ...(auth === undefined ? {} : { user: `${auth.username}:${auth.password}` }),
  };
  try {
    const { stdout } = await runCommand(host, "curl --silent --config -", {
      stdin: renderCurlConfig(options),
      deadlineSeconds: 20,
      dialSeconds: 5,
    });
    return ["202", "404"].includes(stdout.trim());
  } catch {
    return false;
  }
}

/** Options as curl's config file has them (`man curl`, --config). */
export function renderCurlConfig(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = "${value.replace(/[\\"]/g, "\\$&")}"\n`)
    .join("");
}
