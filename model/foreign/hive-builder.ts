import { plainText } from "./code-text";
import { composeService } from "./compose";
import {
  becomes,
  type ForeignKey,
  type ForeignTable,
  hiveBuilder,
  isMap,
  needless,
  renamed,
  type Rewrite,
} from "./foreign-key";
import { modeOf, restartOf } from "./deploy";
import { nameOrText } from "./hive-name";
import { replicatedVolume } from "./mount-forms";
import { hiveNumber } from "./quantities";
import { shownShell } from "./shown-text";

/** The keys of hive-builder's inventory that hive does not have under the same name. */

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A shell line as program and arguments. */
function shell(text: unknown): readonly string[] {
  return ["sh", "-c", shownShell(plainText(text))];
}

/** Backups: each has a command that prints the backup and a command that reads it. */
function hiveBackups(value: unknown): Rewrite | undefined {
  const scripts = list(value);
  if (!scripts.every(isMap)) return undefined;
  return {
    write: {
      backups: scripts.map((script) => {
        const { name, directory, backup_command: backup, restore_command: restore } = script;
        const keepDays = hiveNumber(script["cleanup_days_before"]);
        const folder = typeof directory === "string" ? directory : undefined;
        return {
          name: nameOrText(name),
          command: folder === undefined ? shell(backup) : ["tar", "-C", folder, "-cz", "."],
          restore: folder === undefined ? shell(restore) : ["tar", "-C", folder, "-xz"],
          ...(keepDays === undefined ? {} : { keepDays }),
        };
      }),
    },
    notes: [
      "the backup is what the command prints, and the restore reads it from its input",
      ...(scripts.some((script) => "backup_file" in script || "restore_file" in script)
        ? [
            "a command that writes a file ends with cat of it; one that reads a file begins with cat > of it",
          ]
        : []),
      ...(scripts.some((script) => "batch_scripts" in script)
        ? ["batch_scripts before it belong into the command"]
        : []),
    ],
  };
}

/** Keys that both systems have under one name. */
function shared(key: string): ForeignKey {
  return composeService.keys[key] ?? needless("");
}

/** Keys of a service. */
export const builderService: ForeignTable = {
  system: hiveBuilder,
  keys: {
    available_on: renamed("availableOn", list),
    backup_scripts: becomes(hiveBackups),
    cpu_limit: renamed("resources", (value) => {
      const cpus = hiveNumber(value);
      return cpus === undefined ? undefined : { limits: { cpus } };
    }),
    endpoint_mode: renamed("endpointMode"),
    ignore_error: becomes((value, { beside }) => ({
      write: {
        logMonitoring: {
          ...("monitor_error" in beside ? {} : { alert: ["…"] }),
          ignore: list(value),
        },
      },
    })),
    initialize_roles: becomes((value) => ({
      write: {
        initialize: list(value).map((role) => ({ name: nameOrText(role), command: ["…"] })),
      },
      notes: [
        "a step is a command or a script that runs once inside a task, in the place of a role that runs each time",
      ],
    })),
    monitor_error: becomes((value) => ({ write: { logMonitoring: { alert: list(value) } } })),
    replicas: becomes((value, { beside }) => {
      if (hiveNumber(value) === -1) {
        return {
          write: {},
          notes: ["the next run undoes manual scaling: write the number that you want"],
        };
      }
      const mode = modeOf({ mode: beside["mode"], replicas: value });
      return mode === undefined ? undefined : { write: { mode } };
    }),
    restart_config: becomes((value) => {
      const restart = restartOf(value);
      return restart === undefined ? undefined : { write: { restart } };
    }),
    mem_limit: shared("mem_limit"),
    // The same as in Compose.
    cap_add: shared("cap_add"),
    cap_drop: shared("cap_drop"),
    stop_grace_period: shared("stop_grace_period"),
    working_dir: shared("working_dir"),
  },
};

/** Keys of a volume in a mount of hive-builder. */
export const builderVolume: ForeignTable = {
  system: hiveBuilder,
  keys: {
    drbd: becomes((value) =>
      isMap(value) ? { write: { replicated: replicatedVolume(value) } } : undefined,
    ),
  },
};

/** Keys of a replicated volume. */
export const builderReplicated: ForeignTable = {
  system: hiveBuilder,
  keys: {
    device_id: needless(
      "the device's number follows from the volume's name; `minor` fixes another one, 1000 or more",
    ),
    diskless: needless("every cluster server has the data"),
    fstype: renamed("filesystem"),
    vgname: needless("hive chooses where the data is on a server"),
  },
};

/** Keys at the top of an inventory. */
export const builderSite: ForeignTable = {
  system: hiveBuilder,
  keys: {
    available_on: needless("each service says itself on which stages it runs: `availableOn`"),
    plugin: needless("a site is a program"),
    stages: needless("a stage is a file Pulumi.<stage>.yaml beside the site"),
  },
};
