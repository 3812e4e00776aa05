import { diskLink } from "../model/planning/made-disks";
import { renderConverge } from "./converge";
import { quote } from "./shell";

/** Limit of the step, seconds. */
export const diskLinksSeconds = 90;

const configPath = "/etc/tmpfiles.d/hive-disks.conf";

/**
 * The converge step that gives each disk of the server the name under which the plan knows it. The
 * link is made anew at each boot, before anything mounts: /dev is empty then.
 *
 * @param disks the block devices by the volumes' names; at least one
 */
export function diskLinksStep(disks: Readonly<Record<string, string>>): string {
  const entries = Object.entries(disks);
  return renderConverge({
    title: "disks",
    files: [
      {
        path: configPath,
        mode: "0644",
        content: `# Kept by hive: names of this server's disks.\n${entries.map(([volume, device]) => `L+ ${diskLink(volume)} - - - - ${device}\n`).join("")}`,
      },
    ],
    keeps: entries.map(([volume, device]) => ({
      what: `the name of the disk of the volume ${volume}`,
      holds: `[ "$(readlink ${quote(diskLink(volume))})" = ${quote(device)} ]`,
      make: `systemd-tmpfiles --create ${configPath}`,
    })),
    checks: entries.map(([volume, device]) => ({
      what: `the disk of the volume ${volume} is there`,
      run: `[ -b ${quote(diskLink(volume))} ]`,
      // A disk shows a moment after it was attached.
      withinSeconds: 30,
      remedy: `look with 'ls -l ${device}' on the host: the disk may be detached; 'npx hive up' attaches it again`,
    })),
    timeoutSeconds: diskLinksSeconds,
  });
}
