import { isAbsolute } from "node:path";
import { RehearsalError } from "./rehearsal-error";

/** Arguments of `startRehearsal`. */
export interface RehearsalOptions {
  /**
   * Name of the rehearsal on this computer: 1 to 24 small letters, digits and hyphens. Two with
   * different names run beside each other.
   */
  readonly id: string;
  /** Absolute path of the folder for its state and logs, below the stage's `.hive/<stage>`. */
  readonly folder: string;
  /** Region that the emulated cloud stands for. Default: `ap-northeast-1`. */
  readonly region?: string;
  /**
   * Whether it goes on when this process ends. Default: false, it then ends too, also when this
   * process is killed.
   */
  readonly lasting?: boolean;
}

/** Which rehearsal. */
export type RehearsalName = Pick<RehearsalOptions, "id" | "folder">;

/**
 * Checks the name and the folder, and that this computer can rehearse. Changes nothing.
 *
 * @throws RehearsalError with the value and what to write instead
 */
export function checkName({ id, folder }: RehearsalName, platform = process.platform): void {
  // Loop devices and network namespaces are those of this computer's kernel.
  if (platform !== "linux") {
    throw new RehearsalError(
      `A rehearsal needs Linux with its own Docker Engine, and this computer has ${platform}. Run it on Linux, for example in a virtual machine.`,
    );
  }
  if (!/^[a-z0-9][a-z0-9-]{0,23}$/.test(id)) {
    throw new RehearsalError(
      `The rehearsal's name "${id}" is not valid. Write 1 to 24 small letters, digits and hyphens, for example "staging".`,
    );
  }
  if (!isAbsolute(folder)) {
    throw new RehearsalError(
      `The rehearsal's folder "${folder}" is not absolute. Write its whole path.`,
    );
  }
}

/** Checks the options and fills in defaults. @throws RehearsalError as {@link checkName} */
export function checkOptions(options: RehearsalOptions): Required<RehearsalOptions> {
  checkName(options);
  const { id, folder, region = "ap-northeast-1", lasting = false } = options;
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new RehearsalError(
      `"${region}" is no region of AWS. Write its name, for example "ap-northeast-1".`,
    );
  }
  return { id, folder, region, lasting };
}
