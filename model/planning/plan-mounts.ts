import type { Mount, Service, Tmpfs } from "../inventory";
import { present } from "./present";
import type { FilePlan, MountPlan } from "../service-plan";
import { bytesOf } from "../values/size";
import { compareText } from "../values/text-order";

/** Volumes, folders of the server and file systems in memory, by target. */
export function planMounts(service: Service): readonly MountPlan[] {
  return [...(service.volumes ?? []).map(planMount), ...(service.tmpfs ?? []).map(planTmpfs)].sort(
    (left, right) => compareText(left.target, right.target),
  );
}

function planMount(mount: Mount): MountPlan {
  const target = trimmedPath(mount.target);
  const readOnly = mount.readOnly ?? false;
  return mount.source.startsWith("/")
    ? { kind: "bind", source: trimmedPath(mount.source), target, readOnly }
    : { kind: "volume", volume: mount.source, target, readOnly };
}

function planTmpfs(tmpfs: Tmpfs): MountPlan {
  return {
    kind: "tmpfs",
    target: trimmedPath(tmpfs.target),
    ...present("sizeBytes", bytesOf(tmpfs.size)),
    mode: fourDigits(tmpfs.mode ?? "1777"),
  };
}

/** A path without slashes at its end, so that `/data/` and `/data` are the same mount. */
export function trimmedPath(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** Secrets as files, by name and target. */
export function planSecrets(secrets: NonNullable<Service["secrets"]>): readonly FilePlan[] {
  return secrets
    .map((secret) =>
      typeof secret === "string"
        ? planFile(secret, secret, {})
        : planFile(secret.secret, secret.target ?? secret.secret, secret),
    )
    .sort(byNameAndTarget);
}

/** Configs as files, by name and target. */
export function planConfigs(configs: NonNullable<Service["configs"]>): readonly FilePlan[] {
  return configs
    .map((config) => planFile(config.config, config.target ?? `/${config.config}`, config))
    .sort(byNameAndTarget);
}

function planFile(
  name: string,
  target: string,
  file: { readonly uid?: number; readonly gid?: number; readonly mode?: string },
): FilePlan {
  return {
    name,
    target,
    uid: file.uid ?? 0,
    gid: file.gid ?? 0,
    mode: fourDigits(file.mode ?? "0444"),
  };
}

function byNameAndTarget(left: FilePlan, right: FilePlan): number {
  return left.name === right.name
    ? compareText(left.target, right.target)
    : compareText(left.name, right.name);
}

/** An octal mode in four digits: `444` and `0444` are the same. */
function fourDigits(mode: string): string {
  return mode.padStart(4, "0");
}
