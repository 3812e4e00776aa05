import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { RunningTask } from "../tasks/running-tasks";
import type { CopyDirection } from "./copy-argument";

/** Never files of a container's own. */
const kernelFolders = ["/proc", "/sys", "/dev"];

/**
 * What the Docker Engine cannot copy: it accesses the container's file systems from outside, where
 * secrets, configs and tmpfs mounts are empty files and folders, and a file written there is lost
 * (Docker, `docker container cp`).
 *
 * @returns such paths in a copied folder, to be reported; empty for none
 * @throws Failure when the copied path itself is one of these; it names the command to use
 */
export function hiddenFromCopy(
  direction: CopyDirection,
  { service, inMemory }: Pick<RunningTask, "service" | "inMemory">,
): readonly string[] {
  const { path } = direction.to === "container" ? direction.destination : direction.source;
  const folder = path.replace(/\/+$/, "");
  const holder = [...inMemory, ...kernelFolders].find(
    (place) => folder === place || folder.startsWith(`${place}/`),
  );
  if (holder === undefined) {
    return direction.to === "here"
      ? inMemory.filter((place) => place.startsWith(`${folder}/`))
      : [];
  }
  const way =
    direction.to === "here"
      ? `npx hive exec ${service} -- cat ${path} > FILE`
      : `npx hive exec ${service} -- sh -c 'cat > ${path}' < FILE`;
  throw new Failure(
    `${holder} of ${service} is in memory or belongs to the kernel: the Docker Engine cannot copy it. Nothing was copied. Try \`${way}\`.`,
    exitCodes.input,
  );
}
