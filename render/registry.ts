import type { Plan } from "../model/plan";
import { renderConverge } from "./converge";
import { renderSecretInput } from "./converge-input";
import { registryAuthorityFile } from "../model/image/registry-authority";
import { registryCollection } from "./registry-collection";
import { commandLine } from "./shell";
import { containerUnitPath, renderContainerUnit, type SystemdContainer } from "./systemd-container";
import { keepUnit, startUnit } from "./systemd-unit";

/** Inputs of the registry; secret except for the certificate. */
export interface RegistrySecrets {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Password of the account `push`, which may do everything. */
  readonly push: string;
  /** Password of the account `pull`, which may only read. */
  readonly pull: string;
}

/** Folder on the host; the registry's container sees it, read-only, as `/etc/hive-registry`. */
const folder = "/etc/hive/registry";

const files = {
  certificate: `${folder}/tls.crt`,
  privateKey: `${folder}/tls.key`,
  push: `${folder}/push.htpasswd`,
  pull: `${folder}/pull.htpasswd`,
};

/** The registry's systemd unit on the repository server. */
export const registryUnit = "hive-registry.service";

/** The registry as a container of the repository server. */
export function registryContainer(plan: Plan, imageId: string): SystemdContainer {
  return {
    name: "hive-registry",
    description: "Image registry of the hive",
    image: imageId,
    rights: {
      // Its script gives files to nginx and to the registry, starts both under their users, and
      // stops them by signals. DAC_OVERRIDE: it takes over a volume that another user has filled.
      keepCapabilities: ["CHOWN", "DAC_OVERRIDE", "KILL", "SETGID", "SETUID"],
      tmpfs: [
        { target: "/run", sizeMiB: 16, mode: "0755" },
        { target: "/tmp", sizeMiB: 64, mode: "1777" },
        // nginx creates its folders there; nothing is buffered in them.
        { target: "/var/lib/nginx", sizeMiB: 16, mode: "0755" },
      ],
      memoryMiB: 512,
      pids: 512,
    },
    ports: [{ published: plan.registry.port, target: 5000, protocol: "tcp" }],
    mounts: [
      { source: folder, target: "/etc/hive-registry", readOnly: true },
      { source: "hive-registry", target: "/var/lib/registry" },
    ],
  };
}

/**
 * The converge step that installs and starts the registry on the repository server, and the timer
 * that frees its disk every week. Its standard input is {@link registrySecretInput}.
 *
 * @param imageId the registry's image on that host, `sha256:…`
 */
export function registryStep(plan: Plan, imageId: string): string {
  const container = registryContainer(plan, imageId);
  const unit = `${container.name}.service`;
  const url = `https://${plan.registry.address}/v2/`;
  const ask = commandLine(
    ...[
      "curl",
      "--silent",
      "--show-error",
      "--max-time",
      "5",
      "--cacert",
      registryAuthorityFile(plan.registry.address),
    ],
    ...["--output", "/dev/null", "--write-out", "%{http_code}", url],
  );
  const collection = registryCollection(container);
  return renderConverge({
    title: "registry",
    files: [
      { path: containerUnitPath(container), mode: "0644", content: renderContainerUnit(container) },
      ...collection.files.map((file) => ({ ...file, mode: "0644" })),
    ],
    secretFiles: [
      { path: files.certificate, mode: "0644" },
      { path: files.privateKey, mode: "0600" },
      { path: files.push, mode: "0600", format: "htpasswd" },
      { path: files.pull, mode: "0600", format: "htpasswd" },
    ],
    packages: [{ name: "curl" }],
    reactions: [
      {
        name: "start-registry",
        on: [containerUnitPath(container), ...Object.values(files)],
        run: startUnit(unit),
        timeoutSeconds: 120,
      },
      {
        name: "start-collection",
        on: collection.files.map(({ path }) => path),
        run: startUnit(collection.timer),
      },
    ],
    keeps: [keepUnit(unit), keepUnit(collection.timer)],
    checks: [
      {
        what: `the registry answers at ${url} and asks for a password`,
        run: `status=$(${ask}); echo "answer: $status"; test "$status" = 401`,
        withinSeconds: 30,
        remedy: `look with 'journalctl -u ${unit}' and 'docker logs ${container.name}' on the repository server`,
      },
    ],
  });
}

/** The step's standard input. */
export function registrySecretInput(secrets: RegistrySecrets): string {
  return renderSecretInput([
    { path: files.certificate, content: secrets.certificatePem },
    { path: files.privateKey, content: secrets.privateKeyPem },
    { path: files.push, content: `push:${secrets.push}` },
    { path: files.pull, content: `pull:${secrets.pull}` },
  ]);
}
