import { readdirSync, readFileSync } from "node:fs";

/**
 * What stood in the command lines and environments of this computer's processes while something
 * ran. Servers that are containers are among them, and whoever runs beside the test. It looks every
 * second: a process that ended in between is not seen.
 */
export class ProcessWatch {
  private readonly texts = new Set<string>();
  private running = 0;
  private timer: NodeJS.Timeout | undefined;

  /** Looks until `work` has ended; several may run at a time. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.running++ === 0) this.timer = setInterval(() => this.look(), 1000);
    try {
      return await work();
    } finally {
      if (--this.running === 0) clearInterval(this.timer);
    }
  }

  /** Everything that was seen, each different text once. */
  get seen(): string {
    return [...this.texts].join("\n");
  }

  private look(): void {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      this.texts.add(read(`/proc/${pid}/cmdline`));
      this.texts.add(withoutConfiguration(read(`/proc/${pid}/environ`)));
    }
  }
}

/**
 * An environment without the variable in which Pulumi's language host hands a program the stage's
 * configuration, decrypted: it has no other way. Only its user and root can read it (proc(5)).
 */
export function withoutConfiguration(environment: string): string {
  return environment
    .split("\0")
    .filter((variable) => !variable.startsWith("PULUMI_CONFIG="))
    .join("\0");
}

/** Empty for a process that has ended, and for the environment of another user's. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
