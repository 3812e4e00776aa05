import { copy } from "../copy/copy";
import { readDirection } from "../copy/copy-argument";
import { copiedText } from "../copy/copied-text";
import { hiddenFromCopy } from "../copy/in-memory";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { clusterAccess } from "../hosts/outputs";
import { stageOutputs } from "../hosts/stage-outputs";
import { inTask } from "../tasks/in-task";
import { closeIdleConnections } from "../../providers/transport/pool";
import { processTerminal } from "../terminal";

/** Options of `hive cp`. */
export interface CpOptions {
  readonly stack: string;
  readonly source: string;
  readonly destination: string;
  readonly replica?: number;
  readonly host?: string;
  readonly followLink: boolean;
  readonly archive: boolean;
}

/** `hive cp`: copies files to and from a service's container. */
export async function cp(options: CpOptions): Promise<number> {
  const terminal = processTerminal();
  const direction = readDirection(options.source, options.destination);
  refuseTerminal(direction.source.kind === "stream" && process.stdin.isTTY, "input");
  refuseTerminal(direction.destination.kind === "stream" && process.stdout.isTTY, "output");
  const { service } = direction.to === "container" ? direction.destination : direction.source;
  const { replica, host, followLink, archive } = options;
  const hosts = clusterAccess(await stageOutputs(options.stack));
  const note = (text: string): void => terminal.printError(text);
  await inTask(
    hosts,
    { service, replica, host },
    async ({ container, task }) => {
      const hidden = hiddenFromCopy(direction, task);
      const { stdin, stdout } = process;
      const counts = await copy(container, direction, { followLink, archive, stdin, stdout, note });
      // Standard output may be the tar stream itself.
      if (counts !== undefined) note(copiedText(counts, direction, task));
      if (hidden.length > 0)
        note(`Empty in the copy, because they are in the container's memory: ${hidden.join(", ")}`);
    },
    note,
  );
  closeIdleConnections();
  return exitCodes.ok;
}

function refuseTerminal(isTerminal: boolean, which: "input" | "output"): void {
  if (!isTerminal) return;
  const example =
    which === "input"
      ? "tar -c FOLDER | npx hive cp - SERVICE:/PATH"
      : "npx hive cp SERVICE:/PATH - | tar -x";
  throw new Failure(
    `- is a tar stream on standard ${which}, but that is a terminal here. Write e.g. \`${example}\``,
    exitCodes.input,
  );
}
