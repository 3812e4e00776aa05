import type { Plan } from "../model/plan";
import type { ConvergeFile, ConvergeReaction } from "./converge";
import { engineBack, leaveFirst, othersReachable, returnAfter } from "./engine-restart";

/** Names the update for which the packages of a server were upgraded last. */
const markPath = "/etc/hive/updated";

/** Limit of each command of an upgrade, seconds. A slow mirror may need minutes. */
const commandSeconds = 1200;

/** The time that an upgrade adds to the limit of its step, seconds. */
export const upgradeSeconds = 1800;

const apt = "apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3";

/**
 * The upgrade as apt does it: it removes nothing, and it may install what an upgrade newly needs,
 * such as a kernel of another name. Configuration files stay as they are.
 */
const upgrade = `${apt} -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --with-new-pkgs`;

/** Lines for bash: ends the command unless the upgrade restarts the Docker Engine. */
const unlessEngineWaits = `
${upgrade} --simulate upgrade | grep -E '^Inst (docker\\.io|docker-ce|containerd|containerd\\.io|runc) ' > /dev/null || exit 0
`.trim();

/** A part of a converge step that upgrades packages. */
export interface PackageUpgrade {
  readonly files: readonly ConvergeFile[];
  readonly reactions: readonly ConvergeReaction[];
}

/**
 * What upgrades the packages of a server once for each update of the stage. It is part of the step
 * that runs on one cluster server after the other. If the Docker Engine itself is upgraded, which
 * restarts it, the same holds as for any restart of it: all other managers are reachable, and the
 * tasks leave first. The server is not rebooted.
 *
 * An interrupted upgrade stays due; the next run completes what dpkg left half done.
 *
 * @returns undefined where there is nothing to do: the stage was never updated, or its servers are
 *   containers, whose packages are those of their image
 */
export function packageUpgrade({ updated, traits }: Plan): PackageUpgrade | undefined {
  if (updated === undefined || traits.servers === "containers") return undefined;
  return {
    files: [{ path: markPath, mode: "0644", content: `${updated}\n` }],
    reactions: [
      {
        name: "upgrade-packages",
        on: [markPath],
        run: [
          `dpkg --configure --pending --force-confdef --force-confold\n${apt} update`,
          `${unlessEngineWaits}\n${othersReachable}`,
          `${unlessEngineWaits}\n${leaveFirst}`,
          `${upgrade} --yes upgrade`,
          engineBack,
          returnAfter,
        ],
        timeoutSeconds: commandSeconds,
      },
    ],
  };
}
